#include "contract/arrow/library.hpp"

#include <stdexcept>

#include "support/process.hpp"

namespace matview::test {

Json run_library(const std::string& script, const std::string& what, std::string input) {
  Command command;
  command.program = MATVIEW_NODE;
  command.arguments = {std::string(MATVIEW_CONTRACT_SCRIPTS) + "/" + script, MATVIEW_CONTRACT_MODULES, what};
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  command.input = std::move(input);
  const auto outcome = run(command);
  if (outcome.exit_code != 0)
    throw std::runtime_error(script +
                             " failed (are the libraries installed? scripts/install-deps does that): " + outcome.err);
  return parse_json(outcome.out);
}

}  // namespace matview::test
