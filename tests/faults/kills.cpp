#include "kills.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

namespace matview::test {

std::vector<std::string> steps_of(const StoreFixture& store, const std::vector<std::string>& arguments) {
  auto command = store.command(arguments);
  const auto trace = store.box().home() / "trace";
  std::filesystem::remove(trace);
  command.environment["MATVIEW_FAILPOINT_TRACE"] = trace.string();
  const auto outcome = run(command);
  INFO(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  std::vector<std::string> steps;
  std::ifstream in(trace);
  for (std::string line; std::getline(in, line);)
    if (std::find(steps.begin(), steps.end(), line) == steps.end()) steps.push_back(line);
  return steps;
}

void kill_at(const StoreFixture& store, const std::vector<std::string>& arguments, const std::string& step) {
  auto command = store.command(arguments);
  command.environment["MATVIEW_FAILPOINT"] = step + "=kill";
  CHECK(run(command).signal == SIGKILL);
}

std::vector<std::string> for_each_kill(const StoreFixture& store, const std::vector<std::string>& arguments,
                                       std::size_t at_least, const std::function<void()>& check) {
  store.save();
  const auto steps = steps_of(store, arguments);
  REQUIRE(steps.size() >= at_least);
  for (const auto& step : steps) {
    CAPTURE(step);
    store.restore();
    kill_at(store, arguments, step);
    check();
  }
  for (const auto& step : steps) {
    CAPTURE(step);
    store.restore();
    kill_at(store, arguments, step);
    auto again = store.command(arguments);
    again.environment["MATVIEW_FAILPOINT"] = step + "=kill";
    run(again);  // may be refused by now, or be killed a second time
    check();
  }
  return steps;
}

void require_among(const std::vector<std::string>& steps, const std::vector<std::string>& expected) {
  for (const auto& step : expected) {
    CAPTURE(step);
    CHECK(std::find(steps.begin(), steps.end(), step) != steps.end());
  }
}

}  // namespace matview::test
