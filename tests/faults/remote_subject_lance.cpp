#include "faults/remote_subject.hpp"
#include "support/leaks.hpp"

namespace matview::test {

namespace {

const std::string k_describe = "^/v1/table/media%24daily/describe$";
const std::string k_job = "^/v1/jobs/describe$";

std::vector<std::string> create(const std::string& name) {
  return {"create",          name,      "--query", R"({"base":{"columns":["id"]},"source_table":"videos"})",
          "--output-schema", "id int64"};
}

std::vector<RemoteOperation> operations() {
  const auto made = create("daily");
  const std::vector<std::string> submit = {"refresh", "daily", "--no-wait", "-o", "name"};
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
       .before = {made},
       .script = at_once},
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
       .before = {made, submit},
       .script = endless},
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
       .before = {made, submit},
       .script = endless},
      {.name = "doctor", .arguments = {"doctor"}, .method = "GET", .path = "/table/list$|^/v1/table$"},
  };
}

}  // namespace

RemoteSubject lance_subject() {
  RemoteSubject subject;
  subject.name = "lance";
  subject.backend = "lance";
  subject.secrets = {std::string(k_odd_secret)};
  subject.options = {{"credentials", {{"api_key", k_odd_secret}}}};
  subject.environment = {{"MATVIEW_PROFILES_P_PROVIDER", "lance"},
                         {"MATVIEW_PROFILES_P_URL", "{url}"},
                         {"MATVIEW_PROFILES_P_NAMESPACE", "media"},
                         {"MATVIEW_PROFILES_P_POLL_INTERVAL", "20ms"},
                         {"LANCEDB_API_KEY", std::string(k_odd_secret)}};
  subject.operations = operations();
  subject.sent_again = "HTTP 503";
  subject.exceptions = {
      {"waits|^wait$", "HTTP (404|405)", {8}, "a server without jobs: the view is watched"},
      {"^status of a job$", "HTTP (404|405)", {0}, "a server without jobs: the record tells of it"},
      {"^cancel$", "HTTP (404|405)", {9}, "a server without jobs"},
      {"^history$", "HTTP (401|403|404|405|410)", {0, 4}, "the record tells of those that were submitted here"},
      {"^list --details$", "HTTP (403|404|410)", {0}, "what the key may not see is left out"},
      {"^drop$", "once|after|midbody|truncate|done", {0, 7}, "it is looked up whether the view is gone"},
      {"^drop$", "HTTP (404|410)", {0, 6}, "it is gone"},
      {"^cancel$", "HTTP 500, once", {7}, "a change is not tried again after a status that says nothing"},
      {"^doctor$", "HTTP 405", {0}, "a server without namespaces, of which doctor warns"},
  };
  return subject;
}

}  // namespace matview::test
