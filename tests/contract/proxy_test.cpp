// That the validator refuses what is wrong: else what passes it would show nothing.

#include "contract/proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/fake_backend.hpp"
#include "support/raw_client.hpp"

using namespace matview::test;

namespace {

struct Wrong {
  const char* what;
  const char* method;
  const char* path;
  std::vector<std::string> fields;
  const char* body;
};

const std::string k_json = "Content-Type: application/json";
const std::string k_agent = "User-Agent: matview/0";

/// None of these may reach the backend.
void check_refused(const std::string& contract, const std::string& right_path, const std::vector<std::string>& right,
                   const std::string& right_body, const std::vector<Wrong>& wrongs) {
  FakeBackend fake("echo");
  const ContractProxy proxy(contract, fake.url());
  std::size_t complaints = 0;
  for (const auto& wrong : wrongs) {
    CAPTURE(wrong.what);
    const auto seen = talk(proxy.port(), raw_request(wrong.method, wrong.path, wrong.fields, wrong.body));
    CHECK(seen.status().starts_with("4"));
    CHECK(proxy.complaints().size() > complaints);
    complaints = proxy.complaints().size();
    CHECK(fake.requests().empty());
  }
  // What is right gets through; the answer of this backend is then what breaks the contract.
  const auto seen = talk(proxy.port(), raw_request("POST", right_path, right, right_body));
  CHECK(fake.requests().size() == 1);
  CHECK(seen.status() == "500");
  CHECK(proxy.complaints().size() > complaints);
}

}  // namespace

TEST_CASE("the validator refuses what Dune would refuse or misread") {
  const std::string key = "X-Dune-Api-Key: k";
  const char* views = "/api/v1/materialized-views";
  const char* refresh = "/api/v1/materialized-views/dune.acme.result_x/refresh";
  check_refused("dune.yaml", refresh, {key, k_json, k_agent}, R"({"performance":"small"})",
                {{"no key", "POST", refresh, {k_json, k_agent}, "{}"},
                 {"an unknown tier", "POST", refresh, {key, k_json, k_agent}, R"({"performance":"huge"})"},
                 {"a field that is ignored there", "POST", refresh, {key, k_json, k_agent}, R"({"tier":"small"})"},
                 {"a bare name", "POST", "/api/v1/materialized-views/result_x/refresh", {key, k_json, k_agent}, "{}"},
                 {"another media type", "POST", refresh, {key, "Content-Type: text/plain", k_agent}, "{}"},
                 {"no name of ours", "POST", refresh, {key, k_json, "User-Agent: curl/8"}, "{}"},
                 {"an upsert that resets the privacy",
                  "POST",
                  views,
                  {key, k_json, k_agent},
                  R"({"name":"result_xy","query_id":1})"},
                 {"a query id as text",
                  "POST",
                  views,
                  {key, k_json, k_agent},
                  R"({"name":"result_xy","query_id":"1","is_private":false})"},
                 {"an end without a schedule",
                  "POST",
                  views,
                  {key, k_json, k_agent},
                  R"({"name":"result_xy","query_id":1,"is_private":false,"expires_at":"2027-01-01T00:00:00Z"})"},
                 {"too long a page", "GET", "/api/v1/materialized-views?limit=10000", {key, k_agent}, ""},
                 {"an address it does not have", "GET", "/api/v2/materialized-views", {key, k_agent}, ""},
                 {"a verb it does not have", "PUT", refresh, {key, k_json, k_agent}, "{}"}});
}

TEST_CASE("the validator refuses what a Lance server would refuse or misread") {
  const std::string key = "x-api-key: k";
  const char* create = "/v1/materialized_view/media%24recent/create";
  const char* refresh = "/v1/materialized_view/media%24recent/refresh";
  const std::string schema(64, '/');
  const auto with = [&](const std::string& rest) {
    return R"({"kind":"query","source_query":"{}","output_schema":")" + schema + "\"" + rest + "}";
  };
  const auto null_flag = with(R"(,"auto_refresh":null)");
  const auto stray_spec = with(R"(,"udtf_spec":{"kind":"udtf","udtf":"e30=","udtf_sha":")" + std::string(64, 'a') +
                               R"(","udtf_name":"f","udtf_version":"1"})");
  const auto json_schema = std::string(R"({"kind":"query","source_query":"{}","output_schema":"{\"fields\":[]}"})");
  check_refused("lance.yaml", create, {key, k_json, k_agent}, with(""),
                {{"no credentials", "POST", refresh, {k_json, k_agent}, "{}"},
                 {"no body", "POST", refresh, {key, k_agent}, ""},
                 {"a null", "POST", create, {key, k_json, k_agent}, null_flag.c_str()},
                 {"a function with a query", "POST", create, {key, k_json, k_agent}, stray_spec.c_str()},
                 {"a schema that is no Arrow message", "POST", create, {key, k_json, k_agent}, json_schema.c_str()},
                 {"a reserved field", "POST", refresh, {key, k_json, k_agent}, R"({"job_id":"x"})"},
                 {"an extra that is no scalar", "POST", refresh, {key, k_json, k_agent}, R"({"batch":{"size":1}})"},
                 {"a field of another kind", "POST", refresh, {key, k_json, k_agent}, R"({"concurrency":"8"})"},
                 {"a token request without its secret",
                  "POST",
                  "/oauth/token",
                  {k_agent, "Content-Type: application/x-www-form-urlencoded"},
                  "grant_type=client_credentials&client_id=x"}});
}
