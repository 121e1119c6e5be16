#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/json.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// A sandbox whose profile in use is of the memory provider, with state that outlives a command.
class MemoryBox : public Sandbox {
 public:
  MemoryBox() {
    configure("default_profile = \"mem\"\n\n[profiles.mem]\nprovider = \"memory\"\nstate_file = \"" +
              state_file().string() + "\"\n");
  }

  std::filesystem::path state_file() const { return directory().path() / "state.json"; }

  /// All that is stored: to tell that nothing changed.
  std::string state() const { return std::filesystem::exists(state_file()) ? read_file(state_file()) : std::string(); }

  /// Runs a command that must succeed.
  Outcome must(std::vector<std::string> arguments, std::string input = {}) const {
    const auto outcome = run(std::move(arguments), std::move(input));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    return outcome;
  }

  void create(const std::string& name, std::vector<std::string> options = {}) const {
    std::vector<std::string> arguments{"create", name, "--query", "rows", "--quiet"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    must(arguments);
  }
};

/// The names that `list` prints with these selectors.
inline std::vector<std::string> listed(const MemoryBox& box, std::vector<std::string> selector = {}) {
  selector.insert(selector.begin(), {"list", "-o", "name"});
  const auto outcome = box.must(selector);
  std::vector<std::string> names;
  for (std::size_t start = 0; start < outcome.out.size();) {
    const auto end = outcome.out.find('\n', start);
    names.push_back(outcome.out.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

}  // namespace matview::test
