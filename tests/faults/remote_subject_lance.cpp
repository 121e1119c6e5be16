#include "faults/remote_subject.hpp"
#include "support/leaks.hpp"

namespace matview::test {

namespace {

const std::string k_describe = "^/v1/table/media%24daily/describe$";
const std::string k_job = "^/v1/jobs/describe$";

const char* k_query = R"({"base":{"columns":["id"]},"source_table":"videos"})";
std::vector<std::string> create(const std::string& name) {
  return {"create", name, "--query", k_query, "--output-schema", "id int64"};
}

std::string created() {
  return Json{{"kind", "query"}, {"source_query", k_query}, {"output_schema", k_some_schema}}.dump();
}

std::vector<RemoteOperation> operations() {
  const RemoteRequest made = {"POST", "/v1/materialized_view/media%24daily/create", created()};
  const RemoteRequest submit = {"POST", "/v1/materialized_view/media%24daily/refresh", "{}"};
  const std::vector<Json> at_once = {{{"set", {{"auto_finish", true}}}}};
  const std::vector<Json> endless = {{{"set", {{"job_looks", 1'000'000}}}}};
  return {
      {.name = "create", .arguments = create("new"), .method = "POST", .path = "/create$", .submits = true},
      {.name = "create with data",
       .arguments =
           [] {
             auto words = create("new");
             words.push_back("--with-data");
             return words;
           }(),
       .method = "POST",
       .path = "/create$",
       .submits = true},
      {.name = "refresh",
       .arguments = {"refresh", "daily"},
       .method = "POST",
       .path = "/refresh$",
       .submits = true,
       .script = at_once,
       .before = {made}},
      {.name = "refresh (waits)",
       .arguments = {"refresh", "daily"},
       .method = "POST",
       .path = k_job,
       .follows = true,
       .before = {made}},
      {.name = "status", .arguments = {"status", "daily"}, .method = "POST", .path = k_describe, .before = {made}},
      {.name = "status of a job",
       .arguments = {"status", "--job", "{job}"},
       .method = "POST",
       .path = k_job,
       .script = endless,
       .before = {made, submit}},
      {.name = "list", .arguments = {"list"}, .method = "GET", .path = "/table/list$|^/v1/table$", .before = {made}},
      {.name = "list --details",
       .arguments = {"list", "--details"},
       .method = "POST",
       .path = k_describe,
       .before = {made}},
      {.name = "show", .arguments = {"show", "daily"}, .method = "POST", .path = k_describe, .before = {made}},
      {.name = "drop", .arguments = {"drop", "daily", "--yes"}, .method = "POST", .path = "/drop$", .before = {made}},
      {.name = "history",
       .arguments = {"history", "daily"},
       .method = "POST",
       .path = "^/v1/jobs/list$",
       .before = {made}},
      {.name = "wait",
       .arguments = {"wait", "{job}"},
       .method = "POST",
       .path = k_job,
       .follows = true,
       .before = {made, submit}},
      {.name = "cancel",
       .arguments = {"cancel", "{job}"},
       .method = "POST",
       .path = "^/v1/jobs/cancel$",
       .script = endless,
       .before = {made, submit}},
      {.name = "doctor", .arguments = {"doctor"}, .method = "GET", .path = "/table/list$|^/v1/table$"},
  };
}

std::vector<RemoteOperation> some_operations(const std::vector<RemoteOperation>& all) {
  std::vector<RemoteOperation> some;
  for (const auto& operation : all)
    if (operation.name == "list" || operation.name == "refresh" || operation.name == "create")
      some.push_back(operation);
  return some;
}

RemoteSubject with_api_key() {
  RemoteSubject subject;
  subject.name = "lance";
  subject.backend = "lance";
  subject.secrets = {std::string(k_odd_secret)};
  subject.headers = {"x-api-key: " + std::string(k_odd_secret)};
  subject.options = {{"credentials", {{"api_key", k_odd_secret}}}};
  subject.environment = {{"MATVIEW_PROFILES_P_PROVIDER", "lance"},
                         {"MATVIEW_PROFILES_P_URL", "{url}"},
                         {"MATVIEW_PROFILES_P_NAMESPACE", "media"},
                         {"MATVIEW_PROFILES_P_POLL_INTERVAL", "20ms"},
                         {"LANCEDB_API_KEY", std::string(k_odd_secret)}};
  subject.operations = operations();
  subject.sent_again = "HTTP 503";
  subject.exceptions = {
      {"waits", "HTTP (404|405)", {8}, "a server without jobs: the view is watched"},
      {"^status of a job$|^wait$", "HTTP 405", {6, 9}, "a server without jobs, and none on record here"},
      {"^cancel$", "HTTP (404|405)", {9}, "a server without jobs"},
      {"^history$", "HTTP (401|403|404|405|410)", {0, 4}, "the record tells of those that were submitted here"},
      {"^list --details$", "HTTP (403|404|410)", {0}, "what the key may not see is left out"},
      {"^drop$", "once|after|midbody|truncate|done", {0, 7}, "it is looked up whether the view is gone"},
      {"^drop$", "HTTP (404|410)", {0, 6}, "it is gone"},
      {"^cancel$", "HTTP 500, once", {7}, "a change is not tried again after a status that says nothing"},
      {"^log in$", "HTTP 400", {4}, "so are client credentials refused"},
      {"^doctor$", "HTTP 405", {0}, "a server without namespaces, of which doctor warns"},
  };
  return subject;
}

RemoteSubject with_token(RemoteSubject subject) {
  subject.name = "lance (token)";
  subject.only = k_about_credentials;
  subject.headers = {"Authorization: Bearer " + std::string(k_odd_secret)};
  subject.options = {{"credentials", {{"token", k_odd_secret}}}};
  subject.environment.erase("LANCEDB_API_KEY");
  subject.environment["MATVIEW_PROFILES_P_TOKEN"] = std::string(k_odd_secret);
  // For servers that look for it there.
  subject.environment["MATVIEW_PROFILES_P_IDENTITY_IN_BODY"] = "true";
  subject.operations = some_operations(subject.operations);
  return subject;
}

RemoteSubject with_client_credentials(RemoteSubject subject) {
  subject.name = "lance (client credentials)";
  subject.only = k_about_credentials;
  subject.headers = {"x-api-key: somebody else's"};
  subject.options = {
      {"credentials", {{"api_key", "somebody else's"}, {"client_id", "etl"}, {"client_secret", k_odd_secret}}}};
  subject.environment.erase("LANCEDB_API_KEY");
  subject.environment["MATVIEW_PROFILES_P_CLIENT_ID"] = "etl";
  subject.environment["MATVIEW_PROFILES_P_CLIENT_SECRET"] = std::string(k_odd_secret);
  subject.operations = some_operations(subject.operations);
  subject.operations.push_back({.name = "log in", .arguments = {"list"}, .method = "POST", .path = "^/oauth/token$"});
  return subject;
}

}  // namespace

std::vector<RemoteSubject> lance_subjects() {
  const auto first = with_api_key();
  return {first, with_token(first), with_client_credentials(first)};
}

}  // namespace matview::test
