#include <fstream>

#include "providers/dune/dune_provider.hpp"
#include "providers/lance/lance_provider.hpp"
#include "providers/thoughtspot/thoughtspot_provider.hpp"
#include "remote_fixture.hpp"

namespace matview::test {

namespace {

CreateRequest request_for(const std::string& name, std::string query) {
  CreateRequest request;
  request.name = name;
  request.query = std::move(query);
  return request;
}

class DuneFixture final : public RemoteFixture {
 public:
  DuneFixture() : RemoteFixture("dune", Json::object(), {{"api_key", "k3y"}}) {}
  std::unique_ptr<Provider> open() override { return open_with(providers::dune::open); }
  std::string name(const std::string& word) const override { return "result_" + word; }
  CreateRequest definition(const std::string& name) override { return request_for(name, "SELECT 1 AS a"); }
  CreateRequest invalid(const std::string& name) override {
    auto request = definition(name);
    request.options["schedule"] = {"* * * * *"};  // every minute: the service allows 15 at least
    return request;
  }
};

class LanceFixture final : public RemoteFixture {
 public:
  LanceFixture() : RemoteFixture("lance", Json{{"api_key", "k3y-of-the-tests"}}, {{"api_key", "k3y-of-the-tests"}}) {}
  std::unique_ptr<Provider> open() override { return open_with(providers::lance::open); }
  CreateRequest definition(const std::string& name) override {
    auto request = request_for(name, R"({"source_table":"none"})");
    request.options["output-schema"] = {"id int64"};
    return request;
  }
  CreateRequest invalid(const std::string& name) override {
    auto request = definition(name);
    request.options["output-schema"] = {"id int65"};
    return request;
  }
};

class ThoughtSpotFixture final : public RemoteFixture {
 public:
  ThoughtSpotFixture()
      : RemoteFixture("thoughtspot", Json{{"password", "of the tests"}}, {{"password", "of the tests"}},
                      {{"username", "etl"}}) {}
  std::unique_ptr<Provider> open() override { return open_with(providers::thoughtspot::open); }
  /// A view made of a saved search: the only kind that can be materialized.
  CreateRequest definition(const std::string& name) override {
    const auto file = directory_.path() / (name + ".tml");
    const Json column{{"name", "Day"}, {"search_output_column", "Day"}, {"properties", {{"column_type", "ATTRIBUTE"}}}};
    const Json view{{"name", name},
                    {"tables", Json::array({{{"id", "SALES"}, {"name", "SALES"}}})},
                    {"search_query", "[SALES::Day]"},
                    {"view_columns", Json::array({column})}};
    std::ofstream(file) << Json{{"view", view}}.dump();
    auto request = request_for(name, "");
    request.options["tml"] = {file.string()};
    return request;
  }
  CreateRequest invalid(const std::string& name) override { return request_for(name, "select d from t"); }
  void make_refreshable(const std::string& name) override {
    const Json state = fake().command({{"state", true}});
    for (const auto& view : state.at("views"))
      if (view.at("name") == name) fake().command({{"change", {{"id", view.at("id")}, {"state", "stale"}}}});
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

std::unique_ptr<Fixture> make_dune_fixture() { return std::make_unique<DuneFixture>(); }
std::unique_ptr<Fixture> make_lance_fixture() { return std::make_unique<LanceFixture>(); }
std::unique_ptr<Fixture> make_thoughtspot_fixture() { return std::make_unique<ThoughtSpotFixture>(); }

}  // namespace matview::test
