#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <atomic>
#include <map>
#include <stdexcept>

#include "providers/external/discover.hpp"
#include "subject.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

namespace {

std::string quote(const std::string& name) {
  std::string result = "\"";
  for (const char c : name) result.append(c == '"' ? 2 : 1, c);
  return result + "\"";
}

/// The example of a provider that is a program of its own, over tables of an SQLite file.
class ExternalFixture final : public RowFixture {
 public:
  ExternalFixture() {
    environment_.in(directory_.path()).set("PATH", MATVIEW_PROVIDER_PROGRAMS ":/usr/bin:/bin");
    entries_ = providers::with_external_providers({}, environment_, stop_);
  }

  std::unique_ptr<Provider> open() override {
    const auto* entry = find_provider(entries_, "sqlite");
    if (entry == nullptr) throw std::runtime_error("the example program is not found");
    auto provider = entry->open({"sqlite", {{"database", file()}}, environment_});
    if (!provider) throw std::runtime_error(provider.error().message + "\n" + provider.error().detail);
    return *std::move(provider);
  }

  CreateRequest definition(const std::string& name) override {
    return request(name, "SELECT id, label FROM " + table_of(name));
  }
  CreateRequest reader(const std::string& name, const std::string& upstream) override {
    return request(name, "SELECT * FROM " + quote(upstream));
  }
  /// The overflow is met with the first row, and not when the query is compiled.
  CreateRequest failing(const std::string& name) override {
    return request(name, "SELECT abs(-9223372036854775807 - min(id, 1)) AS id FROM " + table_of(name));
  }
  CreateRequest invalid(const std::string& name) override { return request(name, "SELECT no_such FROM sqlite_schema"); }
  CreateRequest endless(const std::string& name) override {
    return request(name,
                   "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x % 1000 + 1 FROM n) SELECT sum(x) AS s FROM n");
  }
  void change(Provider&, const std::string& name) override {
    SQLite::Database database(file(), SQLite::OPEN_READWRITE, 60'000);
    database.exec("INSERT INTO " + table_of(name) + " VALUES (4, 'd'), (5, 'e')");
  }
  std::string select_all(const std::string& name) override { return "SELECT * FROM " + quote(name); }

 private:
  static CreateRequest request(const std::string& name, std::string sql) {
    CreateRequest request;
    request.name = name;
    request.query = std::move(sql);
    return request;
  }

  std::string file() const { return (directory_.path() / "data.db").string(); }

  /// The table that the view `name` reads, with its first rows in it.
  std::string table_of(const std::string& name) {
    const auto [found, fresh] = tables_.emplace(name, fmt::format("source{}", tables_.size()));
    if (fresh) {
      SQLite::Database database(file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 60'000);
      database.exec(
          fmt::format("CREATE TABLE {0} (id INTEGER, label TEXT); INSERT INTO {0} VALUES (1, 'a'), (2, 'b'), (3, 'c')",
                      found->second));
    }
    return found->second;
  }

  TemporaryDirectory directory_;
  FakeEnvironment environment_;
  std::atomic<int> stop_{0};
  std::vector<ProviderEntry> entries_;
  std::map<std::string, std::string> tables_;
};

}  // namespace

std::unique_ptr<Fixture> make_external_fixture() { return std::make_unique<ExternalFixture>(); }

}  // namespace matview::test
