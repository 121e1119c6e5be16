#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "engine/duckdb/database.hpp"
#include "providers/local/local_provider.hpp"
#include "subject.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

namespace {

/// Views over CSV files, each view over a directory of its own.
class LocalFixture final : public RowFixture {
 public:
  std::unique_ptr<Provider> open() override {
    auto provider = providers::open_local({"local", {{"store", (directory_.path() / "store").string()}}, environment_});
    if (!provider) throw std::runtime_error(provider.error().message);
    return *std::move(provider);
  }

  CreateRequest definition(const std::string& name) override {
    return request(name, fmt::format("SELECT id, label FROM '{}/*.csv'", files_of(name)));
  }

  CreateRequest reader(const std::string& name, const std::string& upstream) override {
    return request(name, fmt::format("SELECT * FROM {}", engine::quote_identifier(upstream)));
  }

  // The cast fails on the rows and not while the query is bound.
  CreateRequest failing(const std::string& name) override {
    return request(name, fmt::format("SELECT CAST(label AS INTEGER) AS id FROM '{}/*.csv'", files_of(name)));
  }

  CreateRequest invalid(const std::string& name) override {
    return request(name, "SELECT no_such_column FROM range(3)");
  }

  CreateRequest endless(const std::string& name) override {
    return request(name, "SELECT sum(a.range * b.range % 7) AS s FROM range(100000000) a, range(100000000) b");
  }

  void change(Provider&, const std::string& name) override {
    directory_.write(fmt::format("files/{}/more.csv", numbers_.at(name)), "id,label\n4,d\n5,e\n");
  }

  std::string select_all(const std::string& name) override {
    return fmt::format("SELECT * FROM {}", engine::quote_identifier(name));
  }

 private:
  static CreateRequest request(const std::string& name, std::string sql) {
    CreateRequest request;
    request.name = name;
    request.query = std::move(sql);
    return request;
  }

  /// The directory that the view `name` reads, with its first file in it.
  std::string files_of(const std::string& name) {
    const auto number = numbers_.emplace(name, numbers_.size()).first->second;
    const auto file = directory_.path() / fmt::format("files/{}/first.csv", number);
    if (!std::filesystem::exists(file))
      directory_.write(fmt::format("files/{}/first.csv", number), "id,label\n1,a\n2,b\n3,c\n");
    return file.parent_path().string();
  }

  TemporaryDirectory directory_;
  FakeEnvironment environment_;
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

std::unique_ptr<Fixture> make_local_fixture() { return std::make_unique<LocalFixture>(); }

}  // namespace matview::test
