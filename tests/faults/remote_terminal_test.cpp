// What a server says reaches a terminal as text alone, and secrets reach no list of processes.

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <thread>

#include "faults/remote_run.hpp"
#include "support/leaks.hpp"

using namespace matview::test;

namespace {

/// A window's title, colours, a cursor's way, a bell, and the same as a single byte (U+009B) would have it.
const std::string k_evil =
    "evil\x1b]0;title\x07\x1b[31mred\x1b[0m\x1b[2J\xC2\x9B"
    "2J\b\r\x7f\nend";

/// The first control character that a terminal would heed, in hex; empty if there is none.
std::string control_in(const std::string& text) {
  const auto* digits = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool line = byte == '\n' || (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') || byte == '\t';
    if ((byte < 0x20 && !line) || byte == 0x7f) return {digits[byte >> 4], digits[byte & 15]};
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) return "C1";
  }
  return {};
}

/// Answers whose texts are evil, and refusals that are.
std::vector<Json> faults() {
  Json members;
  for (const auto* name : {"name",
                           "description",
                           "author",
                           "authorName",
                           "query_sql",
                           "message",
                           "error",
                           "detail",
                           "debug",
                           "error_message",
                           "edoc",
                           "table",
                           "tables",
                           "views",
                           "tags",
                           "type",
                           "title",
                           "location",
                           "customer_id",
                           "owner",
                           "state",
                           "job_state",
                           "cron_expression",
                           "next_execution_time"})
    members[name] = k_evil;
  const Json body = {{"error", k_evil},
                     {"message", k_evil},
                     {"detail", k_evil},
                     {"debug", Json::array({k_evil}).dump()},
                     {"code", 13}};
  return {{{"act", "replace"}, {"times", 0}, {"members", members}},
          {{"act", "replace"}, {"times", 0}, {"members", {{"error", k_evil}, {"message", k_evil}, {"author", k_evil}}}},
          {{"act", "status"}, {"times", 0}, {"status", 400}, {"body", body}},
          {{"act", "status"}, {"times", 0}, {"status", 403}, {"body", k_evil}},
          {{"act", "html"}, {"times", 0}, {"status", 500}, {"body", "<html><title>" + k_evil + "</title></html>"}}};
}

}  // namespace

TEST_CASE("no control character of a server reaches a terminal, whatever the format") {
  CHECK(control_in("a\x1b[31m") == "1b");
  CHECK(control_in("a\xC2\x9B") == "C1");
  for (const auto& subject : remote_subjects()) {
    if (!subject.only.empty()) continue;
    FakeBackend fake(subject.backend, subject.options);
    for (const auto& operation : subject.operations)
      // Those that follow a job say nothing that the others do not.
      for (const auto& fault : operation.follows ? std::vector<Json>() : faults())
        for (const std::string format : {"table", "json"}) {
          fake.restart();
          auto arguments = arguments_of(operation, prepare(subject, operation, fake));
          for (const auto* argument :
               {"--color", "never", "--progress", "none", "--retries", "0", "--timeout", "1s", "-o"})
            arguments.push_back(argument);
          arguments.push_back(format);
          const Sandbox box;
          auto command = remote_command(box, subject, fake, arguments);
          command.terminal = true;
          fake.fault(fault);
          const auto outcome = run(command);
          CHECK_MESSAGE(control_in(outcome.out) == "", subject.name, ": ", Json(arguments).dump(), "\n",
                        Json(outcome.out).dump());
        }
  }
}

TEST_CASE("a trace on a terminal is text as well") {
  for (const auto& subject : remote_subjects()) {
    if (!subject.only.empty()) continue;
    FakeBackend fake(subject.backend, subject.options);
    for (const auto& fault : faults()) {
      fake.restart();
      const Sandbox box;
      auto command = remote_command(
          box, subject, fake, {"list", "--color", "never", "--progress", "none", "--retries", "0", "--trace-http"});
      command.terminal = true;
      fake.fault(fault);
      const auto outcome = run(command);
      CHECK(outcome.out.find("\n< ") != std::string::npos);
      CHECK_MESSAGE(control_in(outcome.out) == "", subject.name, "\n", Json(outcome.out).dump());
    }
  }
}

TEST_CASE("the list of processes shows no secret while a request is under way") {
  for (const auto& subject : remote_subjects()) {
    CAPTURE(subject.name);
    FakeBackend fake(subject.backend, subject.options);
    fake.fault(R"({"act":"stall","times":0})");
    const Sandbox box;
    Process process(remote_command(box, subject, fake, {"list"}));
    while (fake.requests().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto arguments = read_file("/proc/" + std::to_string(process.pid()) + "/cmdline");
    CHECK(arguments.find("list") != std::string::npos);
    CHECK(LeakSearch(secrets_of(subject, fake.requests())).in_text("cmdline", arguments) == "");
  }
}
