#include "support/junit.hpp"

#include <cstdlib>
#include <stdexcept>

#include "support/process.hpp"

namespace matview::test {

std::vector<Json> read_junit(const std::filesystem::path& file) {
  Command command;
  command.program = "/usr/bin/env";
  command.arguments = {"python3", MATVIEW_CHECK_JUNIT, file.string()};
  const char* path = std::getenv("PATH");
  command.environment = {{"PATH", path == nullptr ? "/usr/bin:/bin" : path}, {"LC_ALL", "C.UTF-8"}};
  const auto outcome = run(command);
  if (outcome.exit_code != 0) throw std::runtime_error(outcome.err);
  auto lines = parse_json_lines(outcome.out);
  lines.erase(lines.begin());  // of the suite
  return lines;
}

}  // namespace matview::test
