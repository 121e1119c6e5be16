// The examples that are installed: the crontab line as cron runs it, the units as systemd reads them.

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "schedule_fixture.hpp"

using namespace matview::test;

namespace {

namespace fs = std::filesystem;

const fs::path k_examples = MATVIEW_EXAMPLES;

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What stands behind the five fields of a crontab's lines.
std::vector<std::string> crontab_commands() {
  std::vector<std::string> commands;
  for (const auto& line : lines_of(k_examples / "crontab")) {
    if (line.empty() || line.front() == '#' || line.find('=') < line.find(' ')) continue;
    std::istringstream stream(line);
    std::string field;
    for (int i = 0; i < 5; ++i) stream >> field;
    std::string command;
    std::getline(stream >> std::ws, command);
    commands.push_back(command);
  }
  return commands;
}

/// As cron runs it: /bin/sh, next to no environment, a home nobody can write to, no stdin.
Outcome run_as_cron(const ScheduleFixture& store, const std::string& command) {
  Command cron;
  cron.program = "/bin/sh";
  cron.arguments = {"-c", command};
  cron.environment = {{"HOME", "/proc"},
                      {"LOGNAME", "nobody"},
                      {"SHELL", "/bin/sh"},
                      {"PATH", matview_binary().parent_path().string() + ":/usr/bin:/bin"},
                      {"MATVIEW_STORE", store.store().string()}};
  cron.directory = "/";
  cron.closed = {0};
  return run(cron);
}

}  // namespace

TEST_CASE("the lines of the example crontab do their work as cron runs them, and print nothing") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "due", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--schedule", store.k_yearly});
  store.must({"create", "itself", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--auto-refresh"});
  const auto commands = crontab_commands();
  REQUIRE(commands.size() == 2);
  for (int round = 0; round < 2; ++round)
    for (const auto& command : commands) {
      CAPTURE(command);
      const auto outcome = run_as_cron(store, command);
      CHECK(outcome.exit_code == 0);
      CHECK(outcome.out.empty());
      CHECK(outcome.err.empty());
    }
  CHECK(store.query("SELECT n FROM due") == "10\n");
  CHECK(store.query("SELECT n FROM itself") == "10\n");
}

TEST_CASE("what fails under cron is printed, so that it is mailed") {
  ScheduleFixture store;
  store.write_csv("a", 0, 10);
  store.must({"create", "due", "--query", "SELECT count(*) AS n FROM 'in/*.csv'", "--schedule", store.k_yearly});
  fs::remove(store.sources() / "a.csv");
  const auto outcome = run_as_cron(store, crontab_commands().front());
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("error: cannot refresh 'due': no file matches 'in/*.csv'") != std::string::npos);
}

TEST_CASE("systemd finds nothing wrong with the example units") {
  if (::access("/usr/bin/systemd-analyze", X_OK) != 0) {
    MESSAGE("skipped: there is no systemd-analyze");
    return;
  }
  const TemporaryDirectory directory;
  std::vector<std::string> units;
  for (const char* name : {"matview-watch.service", "matview-due.service", "matview-due.timer"}) {
    std::ofstream copy(directory.path() / name);
    for (auto line : lines_of(k_examples / name)) {
      // Where it is installed is found on systemd's own path; here it is not installed, and there is no such user.
      if (const auto at = line.find("matview "); line.starts_with("ExecStart=") && at != std::string::npos)
        line.replace(at, 7, matview_binary().string());
      if (line.starts_with("User=")) line = "User=root";
      copy << line << '\n';
    }
    units.push_back((directory.path() / name).string());
  }
  Command verify;
  verify.program = "/usr/bin/systemd-analyze";
  verify.arguments = {"verify", "--man=no"};
  verify.arguments.insert(verify.arguments.end(), units.begin(), units.end());
  verify.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", directory.path().string()}};
  const auto outcome = run(verify);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find(directory.path().string()) == std::string::npos);
}
