#include <nlohmann/json.hpp>

#include "providers/thoughtspot/drop_requests.hpp"
#include "providers/thoughtspot/listing_requests.hpp"
#include "providers/thoughtspot/materialization.hpp"
#include "providers/thoughtspot/refresh_requests.hpp"
#include "providers/thoughtspot/session_requests.hpp"
#include "providers/thoughtspot/tml_requests.hpp"
#include "thoughtspot_world.hpp"

using namespace matview;
using namespace matview::providers::thoughtspot;

namespace {

constexpr const char* k_guid = "0b1f0000-0000-4000-8000-000000000001";
const std::string k_v1 = "https://ts.example.com/callosum/v1/tspublic/v1/";
const std::string k_v2 = "https://ts.example.com/api/rest/2.0/";

Address address() { return address_of("https://ts.example.com"); }

Header view() {
  Header header;
  header.id = k_guid;
  header.name = "Daily sales";
  header.type = k_view;
  return header;
}

Secret secret(const char* text) { return Secret(std::string(text)); }

std::vector<HttpRequest> all_requests() {
  ListSpec spec;
  spec.pattern = "x";
  return {login_request(address(), "jane", secret("p")),
          token_request(address(), "jane", secret("k"), 7),
          token_login_request(address(), "jane", secret("t")),
          org_request(address(), 7),
          session_info_request(address()),
          logout_request(address()),
          list_request(address(), spec),
          old_list_request(address(), spec),
          details_request(address(), view()),
          refresh_request(address(), view()),
          import_request(address(), {"v", "view:\n name: v\n", false}),
          import_request_v2(address(), {"v", "view:\n name: v\n", false}),
          export_request(address(), view(), "YAML"),
          export_request_v2(address(), view(), "YAML"),
          dependents_request(address(), view()),
          list_dependents_request(address(), view()),
          delete_request(address(), view()),
          delete_request_v2(address(), view()),
          configuration_request(address()),
          system_request(address())};
}

}  // namespace

TEST_CASE("an address with any of the known paths is the same server") {
  for (const char* url :
       {"https://h:8443", "https://h:8443/", "https://h:8443/callosum/v1", "https://h:8443/callosum/v1/",
        "https://h:8443/callosum/v1/tspublic/v1", "https://h:8443/callosum", "https://h:8443/api/rest/2.0/"}) {
    CAPTURE(url);
    CHECK(address_of(url).v1 == "https://h:8443/callosum/v1/tspublic/v1");
    CHECK(address_of(url).v2 == "https://h:8443/api/rest/2.0");
  }
  CHECK(address_of("https://h/below/callosum/v1").v2 == "https://h/below/api/rest/2.0");
}

TEST_CASE("a GUID is 32 hexadecimal digits in five groups") {
  CHECK(is_guid(k_guid));
  CHECK(is_guid("ABCDEF00-0000-4000-8000-00000000000F"));
  for (const char* other : {"", "daily", "0b1f0000-0000-4000-8000-00000000000", "0b1f0000-0000-4000-8000-0000000000011",
                            "0b1f00000-000-4000-8000-000000000001", "0b1f0000-0000-4000-8000-00000000000g"}) {
    CAPTURE(other);
    CHECK_FALSE(is_guid(other));
  }
}

TEST_CASE("every request carries X-Requested-By, and a type exactly where there is a body") {
  for (const auto& request : all_requests()) {
    CAPTURE(request.url);
    REQUIRE(request.headers.find("X-Requested-By") != nullptr);
    CHECK_FALSE(request.headers.find("X-Requested-By")->empty());
    CHECK(request.headers.find("Accept") != nullptr);
    CHECK(request.headers.find("User-Agent") == nullptr);  // the transport's
    CHECK_FALSE(request.purpose.empty());
    const bool is_refresh = request.url.find("refreshview") != std::string::npos;
    if (!is_refresh) CHECK((request.headers.find("Content-Type") != nullptr) == request.body.has_value());
    CHECK(request.url.find("secret") == std::string::npos);
  }
}

TEST_CASE("a refresh is a POST without a body, of a type that says nothing") {
  const auto request = refresh_request(address(), view());
  CHECK(request.method == "POST");
  CHECK(request.url == k_v1 + "materialization/refreshview/" + k_guid);
  CHECK_FALSE(request.body.has_value());
  CHECK(*request.headers.find("Content-Type") == "*/*");
  CHECK(*request.headers.find("Accept") == "application/json");
  CHECK_FALSE(request.retry.if_unanswered);
  CHECK(request.retry.statuses == std::vector<int>{429, 502, 503, 504});
}

TEST_CASE("an import and a refresh are never sent again after a lost answer") {
  CHECK_FALSE(import_request(address(), {"v", "t", false}).retry.if_unanswered);
  CHECK_FALSE(import_request_v2(address(), {"v", "t", false}).retry.if_unanswered);
  CHECK(import_request(address(), {"v", "t", true}).retry.if_unanswered);  // validates only
}

TEST_CASE("logins are forms with everything encoded") {
  const auto login = login_request(address(), "jane doe&co", secret("p=s & w%"));
  CHECK(login.method == "POST");
  CHECK(login.url == k_v1 + "session/login");
  CHECK(*login.body == "username=jane%20doe%26co&password=p%3Ds%20%26%20w%25&rememberme=false");

  const auto token = token_request(address(), "jane", secret("key"), 7);
  CHECK(token.url == k_v1 + "session/auth/token");
  CHECK(*token.headers.find("Accept") == "text/plain");
  CHECK(*token.body == "secret_key=key&username=jane&access_level=FULL&orgid=7");
  CHECK(token_request(address(), "jane", secret("key"), std::nullopt).body->find("orgid") == std::string::npos);

  const auto with_token = token_login_request(address(), "jane", secret("tok+en"));
  CHECK(with_token.url == k_v1 + "session/login/token");
  CHECK(*with_token.body == "username=jane&auth_token=tok%2Ben&no_url_redirection=true");

  const auto org = org_request(address(), 12);
  CHECK(org.method == "PUT");
  CHECK(org.url == k_v1 + "session/orgs");
  CHECK(*org.body == "orgid=12");
}

TEST_CASE("both cookies go back, and a token goes as a bearer") {
  HttpRequest request;
  std::vector<Cookie> cookies{{"JSESSIONID", secret("a")}, {"clientId", secret("b")}};
  add_cookies(request, cookies);
  CHECK(*request.headers.find("Cookie") == "JSESSIONID=a; clientId=b");
  add_bearer(request, secret("t"));
  CHECK(*request.headers.find("Authorization") == "Bearer t");
}

TEST_CASE("listings ask for logical tables, lists as JSON in a parameter") {
  ListSpec spec;
  spec.subtypes = {"AGGR_WORKSHEET", "SQL_VIEW"};
  spec.offset = 500;
  CHECK(list_request(address(), spec).url ==
        k_v1 +
            "metadata/list?type=LOGICAL_TABLE&subtypes=%5B%22AGGR_WORKSHEET%22%2C%22SQL_VIEW%22%5D&sort=NAME"
            "&sortascending=true&offset=500&batchsize=500");
  ListSpec name;
  name.pattern = "50% of \"x\"";
  CHECK(old_list_request(address(), name).url ==
        k_v1 +
            "metadata/listobjectheaders?type=LOGICAL_TABLE&pattern=50%25%20of%20%22x%22&sort=NAME"
            "&sortascending=true&offset=0&batchsize=500");
  CHECK(details_request(address(), view()).url ==
        k_v1 +
            "metadata/details?type=LOGICAL_TABLE&id=%5B%220b1f0000-0000-4000-8000-000000000001%22%5D"
            "&showhidden=false&dropquestiondetails=true&version=-1");
}

TEST_CASE("TML goes as a list of texts, in a form to version 1 and as JSON to version 2") {
  const std::string tml = "view:\n  name: \"a & b\"\n";
  const auto v1 = import_request(address(), {"a & b", tml, false});
  CHECK(v1.url == k_v1 + "metadata/tml/import");
  CHECK(*v1.headers.find("Accept") == "text/plain");
  CHECK(*v1.body ==
        "import_objects=%5B%22view%3A%5Cn%20%20name%3A%20%5C%22a%20%26%20b%5C%22%5Cn%22%5D&import_policy=ALL_OR_NONE"
        "&force_create=false");
  CHECK(import_request(address(), {"v", tml, true}).body->find("import_policy=VALIDATE_ONLY") != std::string::npos);

  const auto v2 = import_request_v2(address(), {"a & b", tml, true});
  CHECK(v2.url == k_v2 + "metadata/tml/import");
  CHECK(nlohmann::json::parse(*v2.body) ==
        nlohmann::json{{"metadata_tmls", {tml}}, {"import_policy", "VALIDATE_ONLY"}, {"create_new", false}});

  CHECK(*export_request(address(), view(), "YAML").body ==
        "export_ids=%5B%220b1f0000-0000-4000-8000-000000000001%22%5D&formattype=YAML&export_associated=false");
  CHECK(nlohmann::json::parse(*export_request_v2(address(), view(), "YAML").body) ==
        nlohmann::json::parse(R"({"metadata":[{"identifier":"0b1f0000-0000-4000-8000-000000000001",
          "type":"LOGICAL_TABLE"}],"edoc_format":"YAML"})"));
}

TEST_CASE("a deletion and the question before it name the view by its GUID") {
  CHECK(dependents_request(address(), view()).url ==
        k_v1 + "dependency/logicaltable?id=%5B%220b1f0000-0000-4000-8000-000000000001%22%5D");
  CHECK(*list_dependents_request(address(), view()).body ==
        "type=LOGICAL_TABLE&id=%5B%220b1f0000-0000-4000-8000-000000000001%22%5D&batchsize=-1");
  CHECK(*delete_request(address(), view()).body ==
        "type=LOGICAL_TABLE&id=%5B%220b1f0000-0000-4000-8000-000000000001%22%5D&includedisabled=false");
  CHECK(nlohmann::json::parse(*delete_request_v2(address(), view()).body) ==
        nlohmann::json::parse(R"({"metadata":[{"type":"LOGICAL_TABLE",
          "identifier":"0b1f0000-0000-4000-8000-000000000001"}],"delete_disabled_objects":false})"));
  CHECK(system_request(address()).url == k_v2 + "system");
  CHECK(configuration_request(address()).url == k_v1 + "admin/configinfo");
}
