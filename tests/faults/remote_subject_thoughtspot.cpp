#include "faults/remote_subject.hpp"
#include "support/leaks.hpp"

namespace matview::test {

namespace {

const std::string k_v1 = "^/callosum/v1/tspublic/v1/";

std::vector<RemoteOperation> operations() {
  const std::vector<std::string> create = {"create",       "New view",  "--query",   "select 1 as a",
                                           "--connection", "Warehouse", "--columns", "a:attribute"};
  const auto list = k_v1 + "metadata/list$";
  return {
      {.name = "log in", .arguments = {"list"}, .method = "POST", .path = k_v1 + "session/login$"},
      {.name = "create", .arguments = create, .method = "POST", .path = k_v1 + "metadata/tml/import$", .submits = true},
      {.name = "refresh",
       .arguments = {"refresh", "Daily"},
       .method = "POST",
       .path = "/refreshview/",
       .submits = true},
      {.name = "refresh (finds the view)", .arguments = {"refresh", "Daily"}, .method = "GET", .path = list},
      {.name = "status", .arguments = {"status", "Daily"}, .method = "GET", .path = list},
      {.name = "list", .arguments = {"list"}, .method = "GET", .path = list},
      {.name = "show", .arguments = {"show", "Daily"}, .method = "POST", .path = k_v1 + "metadata/tml/export$"},
      {.name = "drop", .arguments = {"drop", "Daily", "--yes"}, .method = "POST", .path = k_v1 + "metadata/delete$"},
      {.name = "drop (asks who reads it)",
       .arguments = {"drop", "Daily", "--yes"},
       .method = "GET",
       .path = k_v1 + "dependency/logicaltable$"},
      {.name = "doctor", .arguments = {"doctor"}, .method = "GET", .path = k_v1 + "session/info$", .anonymous = true},
  };
}

std::vector<RemoteOperation> some_operations(const std::vector<RemoteOperation>& all) {
  std::vector<RemoteOperation> some;
  for (const auto& operation : all)
    if (operation.name == "list" || operation.name == "refresh" || operation.name == "drop") some.push_back(operation);
  return some;
}

RemoteSubject with_password() {
  RemoteSubject subject;
  subject.name = "thoughtspot";
  subject.backend = "thoughtspot";
  // What it tells of itself beside what was asked is as secret.
  subject.secrets = {std::string(k_odd_secret), "auth-token-that-nobody-may-see", "smtp-login-nobody-may-see",
                     "storage-pw-nobody-may-see", "saml-key-nobody-may-see"};
  subject.options = {{"password", k_odd_secret},
                     {"views", Json::array({{{"name", "Daily"}, {"state", "stale"}, {"tags", {"finance"}}}})}};
  subject.environment = {{"MATVIEW_PROFILES_P_PROVIDER", "thoughtspot"},
                         {"TS_URL", "{url}"},
                         {"TS_USERNAME", "etl"},
                         {"TS_PASSWORD", std::string(k_odd_secret)}};
  subject.operations = operations();
  subject.sent_again = "HTTP 50[234]";
  subject.exceptions = {
      {"^log in$", "truncate|HTTP 4(00|09|10|18)|no UTF-8", {4}, "without a session there are no credentials"},
      {"^log in$|^drop$", "HTTP 500, once", {7}, "a change is not tried again after a status that says nothing"},
      {"^log in$", "reset_after, once", {0, 4}, "the token of a login is good for one"},
      {"^refresh$", "HTTP 404", {9}, "a server without materialization"},
      {"^refresh$", "HTTP 500", {7, 10}, "not stale, or not materialized"},
      {"^create$|^drop|^list$|^status$|^refresh .finds", "HTTP (404|405)", {0}, "another call does the same"},
      {"^show$", ".", {0, 7}, "the definition is an extra: where it cannot be had, that is a warning"},
      {"^doctor$", "HTTP (404|405)", {0}, "an older server does not tell who is logged in"},
  };
  return subject;
}

RemoteSubject with_secret_key(RemoteSubject subject) {
  subject.name = "thoughtspot (trusted)";
  subject.only = k_about_credentials;
  subject.options["secret_key"] = k_odd_secret;
  subject.environment.erase("TS_PASSWORD");
  subject.environment["TS_SECRET_KEY"] = std::string(k_odd_secret);
  subject.operations = some_operations(subject.operations);
  for (const auto* call : {"session/auth/token$", "session/login/token$"})
    subject.operations.push_back({.name = "log in", .arguments = {"list"}, .method = "POST", .path = k_v1 + call});
  return subject;
}

RemoteSubject with_token(RemoteSubject subject) {
  subject.name = "thoughtspot (bearer)";
  subject.only = k_about_credentials;
  subject.options["token"] = k_odd_secret;
  subject.environment.erase("TS_PASSWORD");
  subject.environment["TS_TOKEN"] = std::string(k_odd_secret);
  subject.operations = some_operations(subject.operations);
  return subject;
}

}  // namespace

std::vector<RemoteSubject> thoughtspot_subjects() {
  const auto first = with_password();
  return {first, with_secret_key(first), with_token(first)};
}

}  // namespace matview::test
