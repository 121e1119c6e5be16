// Every fault on every operation of every remote backend: the real binary, and a fake backend that fails.

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <string>

#include "faults/remote_run.hpp"

using namespace matview::test;

namespace {

constexpr double k_seconds = 15;

std::string shown(const RemoteOutcome& result) {
  std::string text = "exit " + std::to_string(result.outcome.exit_code) + " after " + std::to_string(result.seconds) +
                     " s" + "\nstdout: " + result.outcome.out + "stderr: " + result.outcome.err;
  for (const auto& request : result.requests)
    text += "\n" + request.method + " " + request.path + " -> " +
            (request.status ? std::to_string(*request.status) : std::string("nothing")) + " " + request.fault;
  return text;
}

/// Requests that start something, whatever became of them.
auto submissions(const RemoteCase& which, const RemoteOutcome& result) {
  std::vector<RecordedRequest> found;
  const std::regex path(which.operation->path);
  for (const auto& request : result.requests)
    if (which.operation->submits && request.listener == "main" && request.method == which.operation->method &&
        std::regex_search(request.path, path))
      found.push_back(request);
  return found;
}

/// The backend had it and knows what was asked.
bool was_handled(const RecordedRequest& request) {
  for (const auto* act : {"reset_headers", "reset_before", "stall", "html", "huge", "redirect_loop", "redirect_other"})
    if (request.fault == act) return false;
  return request.fault != "status" || request.status == 200;
}

/// Says what is wrong and what to do about it; doctor says the first by its report.
bool explains(const RemoteCase& which, const Outcome& outcome) {
  if (outcome.err.find("error: ") == std::string::npos) return false;
  if (which.operation->name == "doctor") return outcome.out.find("  failed   ") != std::string::npos;
  return outcome.err.find("\nhint: ") != std::string::npos;
}

void check(const RemoteCase& which, const RemoteOutcome& result) {
  CHECK_MESSAGE(result.mishap.empty(), which.name(), ": ", result.mishap);
  if (!result.mishap.empty()) return;
  INFO(which.name(), "\n", shown(result));
  const auto exits = expected_exits(*which.subject, *which.operation, *which.fault);
  CHECK(result.outcome.signal == 0);
  CHECK_FALSE(result.outcome.timed_out);
  CHECK_MESSAGE(exits.contains(result.outcome.exit_code), "exit code ", result.outcome.exit_code);
  CHECK(result.seconds < k_seconds);
  CHECK(result.leak == "");
  if (result.outcome.exit_code != 0) CHECK(explains(which, result.outcome));

  const auto sent = submissions(which, result);
  CHECK(std::count_if(sent.begin(), sent.end(), was_handled) <= 1);
  const auto& again = which.subject->sent_again;
  if (which.fault->unanswered && (again.empty() || !std::regex_search(which.fault->name, std::regex(again))))
    CHECK(sent.size() <= 1);

  // What went wrong did happen, and what came with it stayed where it belongs.
  const bool struck = std::any_of(result.requests.begin(), result.requests.end(),
                                  [](const RecordedRequest& request) { return !request.fault.empty(); });
  CHECK(struck != which.fault->fault.is_null());
  for (const auto& request : result.requests)
    if (request.listener == "other")
      for (const auto* field : {"authorization", "cookie", "x-api-key", "x-dune-api-key"})
        CHECK_MESSAGE(request.header(field).empty(), field, " went to another host");
}

bool concerns(const RemoteFault& fault, const RemoteSubject& subject, const RemoteOperation& operation) {
  if (operation.anonymous && fault.fault.dump().find("{secret}") != std::string::npos) return false;
  return subject.only.empty() || std::regex_search(fault.name, std::regex(subject.only));
}

void check_backend(const std::string& backend) {
  std::vector<RemoteCase> cases;
  for (const auto& subject : remote_subjects())
    if (subject.backend == backend)
      for (const auto& operation : subject.operations)
        for (const auto& fault : remote_faults())
          if (concerns(fault, subject, operation)) cases.push_back({&subject, &operation, &fault});
  REQUIRE_FALSE(cases.empty());
  const auto results = run_cases(cases);
  for (std::size_t i = 0; i < cases.size(); ++i) check(cases[i], results[i]);
}

}  // namespace

TEST_CASE("dune: whatever fails ends in time, with its code and a hint, submits once and tells no secret") {
  check_backend("dune");
}

TEST_CASE("lance: whatever fails ends in time, with its code and a hint, submits once and tells no secret") {
  check_backend("lance");
}

TEST_CASE("thoughtspot: whatever fails ends in time, with its code and a hint, submits once and tells no secret") {
  check_backend("thoughtspot");
}
