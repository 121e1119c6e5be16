#include "faults/remote_faults.hpp"

#include <regex>

namespace matview::test {

namespace {

// The exit codes of the command line's contract, by their names there.
constexpr int k_ok = 0;
constexpr int k_failed = 1;
constexpr int k_auth = 4;
constexpr int k_not_found = 6;
constexpr int k_unavailable = 7;
constexpr int k_timeout = 8;
constexpr int k_unsupported = 9;
constexpr int k_conflict = 10;

/// Strikes once: looking again helps; starting again would be starting twice, and finding out what became of the first
/// time helps where the backend tells.
RemoteFault once(std::string name, Json fault, bool stalls = false) {
  return {std::move(name) + ", once", std::move(fault), false, stalls, true, {k_ok}, {k_ok, k_unavailable}};
}

RemoteFault always(std::string name, Json fault, Exits reading, Exits submitting, bool unanswered = false,
                   bool stalls = false) {
  return {std::move(name), std::move(fault), true, stalls, unanswered, std::move(reading), std::move(submitting)};
}

Json status(int code, Json body = Json(), Json headers = Json::object()) {
  Json fault{{"act", "status"}, {"status", code}, {"headers", std::move(headers)}};
  if (!body.is_null()) fault["body"] = std::move(body);
  return fault;
}

void add_lost(std::vector<RemoteFault>& faults) {
  faults.push_back({"nobody listens", Json(), true, false, false, {k_unavailable}, {k_unavailable}});
  for (const auto* act : {"reset_headers", "reset_before", "reset_after", "close_after", "reset_midbody", "truncate"}) {
    faults.push_back(once(act, {{"act", act}}));
    faults.push_back(always(act, {{"act", act}}, {k_unavailable}, {k_ok, k_unavailable}, true));
  }
  for (const auto* act : {"stall", "stall_after", "stall_midbody"}) {
    faults.push_back(once(act, {{"act", act}}, true));
    faults.push_back(always(act, {{"act", act}}, {k_unavailable}, {k_ok, k_unavailable}, true, true));
  }
}

void add_statuses(std::vector<RemoteFault>& faults) {
  const std::vector<std::pair<int, Exits>> refusals = {
      {400, {k_failed, k_not_found}},
      {401, {k_auth}},
      {402, {k_failed, k_auth}},
      {403, {k_auth}},
      {404, {k_not_found}},
      {405, {k_unsupported}},
      {409, {k_conflict}},
      {410, {k_not_found}},
      {418, {k_failed}},
  };
  for (const auto& [code, exits] : refusals)
    faults.push_back(always("HTTP " + std::to_string(code), status(code), exits, exits));
  // A refusal that quotes what it refuses.
  Json echo = status(400, {{"error", "the key {secret} is wrong"}, {"code", 13}}, {{"x-request-id", "{secret}"}});
  faults.push_back(always("HTTP 400 with the secret in it", echo, {k_failed, k_not_found}, {k_failed, k_not_found}));
  faults.push_back(always("HTTP 401 in plain text with the secret in it", status(401, "no such key: {secret}\n"),
                          {k_auth}, {k_auth}));

  const std::vector<std::pair<std::string, Json>> throttles = {
      {"429 without Retry-After", status(429)},
      {"429 with seconds", status(429, Json(), {{"retry-after", "1"}})},
      {"429 with a date", {{"act", "status"}, {"status", 429}, {"retry_after_date", 1}}},
  };
  for (const auto& [name, fault] : throttles) {
    faults.push_back({name + ", once", fault, false, false, false, {k_ok}, {k_ok}});
    faults.push_back(always(name, fault, {k_unavailable}, {k_unavailable}));
  }
  for (const int code : {500, 502, 503, 504}) {
    faults.push_back(once("HTTP " + std::to_string(code), status(code)));
    faults.push_back(always("HTTP " + std::to_string(code), status(code), {k_unavailable}, {k_unavailable}, true));
  }
}

void add_answers(std::vector<RemoteFault>& faults) {
  const Exits lost = {k_unavailable};
  const Exits maybe = {k_ok, k_unavailable};
  faults.push_back(always("a page in the answer's place", {{"act", "html"}}, lost, lost, true));
  faults.push_back(always("a page though it was done", {{"act", "html"}, {"handled", true}}, lost, maybe, true));
  faults.push_back(always("100 MB", {{"act", "huge"}}, lost, lost, true));
  faults.push_back(always("an endless redirect", {{"act", "redirect_loop"}}, lost, lost));
  faults.push_back(always("an endless redirect by GET", {{"act", "redirect_loop"}, {"status", 302}}, lost, lost));
  faults.push_back(always("a redirect to another host", {{"act", "redirect_other"}}, lost, lost));
  faults.push_back(always("a redirect to a file", {{"act", "redirect_other"}, {"url", "file://"}}, lost, lost));

  faults.push_back(always("another media type", {{"act", "wrong_type"}}, {k_ok}, {k_ok}));
  faults.push_back(always("octets", {{"act", "wrong_type"}, {"type", "application/octet-stream"}}, {k_ok}, {k_ok}));
  faults.push_back(always("fields nobody knows", {{"act", "replace"}, {"extra", true}}, {k_ok}, {k_ok}));

  // Whatever it is then, it is no crash and no bug, and nothing is started again.
  const Exits whatever = {k_ok, k_failed, k_auth, k_not_found, k_unavailable, k_unsupported};
  faults.push_back(always("nulls everywhere", {{"act", "replace"}, {"nullify", true}}, whatever, whatever, true));
  faults.push_back(always("other kinds everywhere", {{"act", "replace"}, {"twist", true}}, whatever, whatever, true));
  faults.push_back(always("bytes that are no UTF-8",
                          {{"act", "status"},
                           {"status", 200},
                           {"handled", true},
                           {"headers", {{"content-type", "application/json"}}},
                           {"body_base64", "eyJhIjoigP/toCAiLCJlcnJvciI6IoAifQ=="}},
                          whatever, whatever, true));
  faults.push_back(always("a refusal that is no UTF-8",
                          {{"act", "status"}, {"status", 400}, {"body_base64", "eyJlcnJvciI6IoD/7aCAIn0="}},
                          {k_failed, k_not_found}, {k_failed, k_not_found}));
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"no body", ""},
      {"null", "null"},
      {"an empty object", "{}"},
      {"an empty array", "[]"},
      {"a number", "1e400"},
      {"a text", "\"text\""},
      {"a byte order mark", "\xEF\xBB\xBF{}"},
      {"deep nesting", std::string(100'000, '[')},
      {"a NUL", std::string("{\"a\":\"\0\"}", 9)},
      {"two documents", "{}{}"},
  };
  for (const auto& [name, body] : bodies) {
    Json fault = status(200, body, {{"content-type", "application/json"}});
    fault["handled"] = true;
    faults.push_back(always("for an answer: " + name, fault, whatever, whatever, true));
  }
}

}  // namespace

const std::vector<RemoteFault>& remote_faults() {
  static const std::vector<RemoteFault> k_faults = [] {
    std::vector<RemoteFault> faults;
    add_lost(faults);
    add_statuses(faults);
    add_answers(faults);
    return faults;
  }();
  return k_faults;
}

const std::vector<RemoteSubject>& remote_subjects() {
  static const std::vector<RemoteSubject> k_subjects = [] {
    auto subjects = lance_subjects();
    for (auto& subject : thoughtspot_subjects()) subjects.push_back(std::move(subject));
    subjects.push_back(dune_subject());
    return subjects;
  }();
  return k_subjects;
}

Exits expected_exits(const RemoteSubject& subject, const RemoteOperation& operation, const RemoteFault& fault) {
  for (const auto& exception : subject.exceptions)
    if (std::regex_search(operation.name, std::regex(exception.operation)) &&
        std::regex_search(fault.name, std::regex(exception.fault)))
      return exception.exits;
  Exits exits = operation.submits ? fault.submitting : fault.reading;
  // A backend that does not answer now may do so at the next look: it is asked until the time is up.
  if (operation.follows && exits.contains(k_unavailable)) exits.insert(k_timeout);
  if (operation.name == "doctor" && !exits.contains(k_ok)) exits.insert(k_failed);
  return exits;
}

}  // namespace matview::test
