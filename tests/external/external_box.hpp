#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/json.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// The real binary in a sandbox whose PATH has the test programs, with a profile for each of them.
class ExternalBox : public Sandbox {
 public:
  ExternalBox() {
    const auto folder = directory().path().string();
    configure(
        "[profiles.sq]\nprovider = \"sqlite\"\ndatabase = \"" + folder +
        "/data.db\"\n\n[profiles.queue]\nprovider = \"queue\"\nstate_file = \"" + folder +
        "/queue.json\"\npoll_interval = \"5ms\"\n\n[profiles.liar]\nprovider = \"liar\"\nstart_timeout = \"20s\"\n");
  }

  Command in(const std::string& profile, std::vector<std::string> arguments,
             const std::map<std::string, std::string>& variables = {}) const {
    auto command = this->command(std::move(arguments));
    command.environment["PATH"] = MATVIEW_PROVIDER_PROGRAMS ":/usr/bin:/bin";
    command.environment["MATVIEW_PROFILE"] = profile;
    for (const auto& [name, value] : variables) command.environment[name] = value;
    return command;
  }

  Outcome run_in(const std::string& profile, std::vector<std::string> arguments,
                 const std::map<std::string, std::string>& variables = {}) const {
    return test::run(in(profile, std::move(arguments), variables));
  }

  Outcome must(const std::string& profile, std::vector<std::string> arguments,
               const std::map<std::string, std::string>& variables = {}) const {
    const auto outcome = run_in(profile, std::move(arguments), variables);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    return outcome;
  }

  Json json(const std::string& profile, std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    return parse_json(must(profile, std::move(arguments)).out);
  }

  /// What `list` of the lying program ends with.
  Outcome lie(const std::string& lie, std::vector<std::string> arguments = {"list"}) const {
    return run_in("liar", std::move(arguments), {{"LIE", lie}});
  }
};

}  // namespace matview::test
