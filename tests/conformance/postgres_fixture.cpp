#include <stdexcept>

#include "ledger/ledger.hpp"
#include "providers/postgres/postgres_provider.hpp"
#include "subject.hpp"
#include "support/fake_environment.hpp"
#include "support/postgres_server.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

namespace {

/// A database of its own on a real server.
class PostgresFixture final : public Fixture {
 public:
  PostgresFixture()
      : database_(PostgresServer::instance().new_database()),
        job_log_(ledger::open_ledger(directory_.path() / "ledger.sqlite",
                                     [](std::string_view text) { return std::string(text); })) {}

  std::unique_ptr<Provider> open() override {
    const auto& server = PostgresServer::instance();
    ProviderContext context{
        "postgres", {{"host", server.host()}, {"user", server.user()}, {"database", database_}}, environment_};
    context.job_log = job_log_.get();
    auto provider = providers::postgres::open(context);
    if (!provider) throw std::runtime_error(provider.error().message);
    return *std::move(provider);
  }

  CreateRequest definition(const std::string& name) override {
    CreateRequest request;
    request.name = name;
    request.query = "SELECT 1 AS a";
    return request;
  }
  CreateRequest invalid(const std::string& name) override {
    auto request = definition(name);
    request.options["storage"] = {"fillfactor=70) AS SELECT 1; DROP TABLE x"};
    return request;
  }

 private:
  std::string database_;
  TemporaryDirectory directory_;
  FakeEnvironment environment_;
  std::unique_ptr<JobLog> job_log_;
};

}  // namespace

std::unique_ptr<Fixture> make_postgres_fixture() { return std::make_unique<PostgresFixture>(); }

}  // namespace matview::test
