#include "faults/remote_subject.hpp"
#include "support/leaks.hpp"

namespace matview::test {

namespace {

const std::string k_view = "^/api/v1/materialized-views/dune\\.acme\\.result_daily$";
const std::string k_status = "^/api/v1/execution/[^/]+/status$";

/// A view with one run that has ended well, or with others.
Json seed(Json executions = Json::array({Json::object()})) {
  return Json{{"seed", {{"views", Json::array({{{"name", "result_daily"}, {"executions", std::move(executions)}}})}}}};
}

Json state(const char* name) { return Json{{"set", {{"script", Json::array({name})}}}}; }

std::vector<RemoteOperation> operations() {
  const RemoteRequest submit = {"POST", "/api/v1/materialized-views/dune.acme.result_daily/refresh", "{}"};
  const auto running = std::vector<Json>{seed(), state("QUERY_STATE_EXECUTING")};
  const auto ending = std::vector<Json>{seed()};
  return {
      {.name = "create",
       .arguments = {"create", "result_new", "--query", "select 1 as a"},
       .method = "POST",
       .path = "^/api/v1/materialized-views$",
       .submits = true},
      {.name = "create (saves the query)",
       .arguments = {"create", "result_new", "--query", "select 1 as a"},
       .method = "POST",
       .path = "^/api/v1/query$",
       .submits = true},
      {.name = "refresh",
       .arguments = {"refresh", "result_daily"},
       .method = "POST",
       .path = "/refresh$",
       .submits = true,
       .script = ending},
      {.name = "refresh (waits)",
       .arguments = {"refresh", "result_daily"},
       .method = "GET",
       .path = k_status,
       .follows = true,
       .script = {seed(Json::array())}},
      {.name = "status", .arguments = {"status", "result_daily"}, .method = "GET", .path = k_view, .script = ending},
      {.name = "status of a job",
       .arguments = {"status", "--job", "{job}"},
       .method = "GET",
       .path = k_status,
       .script = running,
       .before = {submit}},
      {.name = "list",
       .arguments = {"list"},
       .method = "GET",
       .path = "^/api/v1/materialized-views$",
       .script = ending},
      {.name = "list --details", .arguments = {"list", "--details"}, .method = "GET", .path = k_view, .script = ending},
      {.name = "show",
       .arguments = {"show", "result_daily"},
       .method = "GET",
       .path = "^/api/v1/query/\\d+$",
       .script = ending},
      {.name = "drop",
       .arguments = {"drop", "result_daily", "--yes"},
       .method = "DELETE",
       .path = k_view,
       .script = ending},
      {.name = "history", .arguments = {"history", "result_daily"}, .method = "GET", .path = k_view, .script = ending},
      {.name = "wait",
       .arguments = {"wait", "{job}"},
       .method = "GET",
       .path = k_status,
       .follows = true,
       .script = ending,
       .before = {submit}},
      {.name = "cancel",
       .arguments = {"cancel", "{job}"},
       .method = "POST",
       .path = "/cancel$",
       .script = running,
       .before = {submit}},
      {.name = "doctor", .arguments = {"doctor"}, .method = "POST", .path = "^/api/v1/usage$", .script = ending},
  };
}

}  // namespace

RemoteSubject dune_subject() {
  RemoteSubject subject;
  subject.name = "dune";
  subject.backend = "dune";
  subject.secrets = {std::string(k_odd_secret)};
  subject.options = {{"key", k_odd_secret}};
  subject.headers = {"X-Dune-Api-Key: " + std::string(k_odd_secret)};
  subject.environment = {{"MATVIEW_PROFILES_P_PROVIDER", "dune"},
                         {"MATVIEW_PROFILES_P_URL", "{url}"},
                         {"MATVIEW_PROFILES_P_POLL_INTERVAL", "20ms"},
                         {"DUNE_API_KEY", std::string(k_odd_secret)}};
  subject.operations = operations();
  subject.exceptions = {
      {"^list --details$", ".", {0, 4, 7, 9, 10}, "what cannot be read of one view is a warning, and the list goes on"},
      {"^show$", "HTTP (401|403|404|410)", {0}, "the query of a view may be another account's"},
      {"^refresh$|^drop$", "HTTP (404|410)", {0, 4}, "the key sees it still: it may read and not write"},
      {"^(drop|cancel)$", "HTTP 500, once", {7}, "a change is not tried again after a status that says nothing"},
      {"^drop$", "for an answer|nulls|kinds|bytes", {0}, "nothing of the answer is needed"},
      {"^list$", "HTTP (404|410)", {6}, "no account"},
  };
  return subject;
}

}  // namespace matview::test
