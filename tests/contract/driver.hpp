#pragma once

#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "contract/proxy.hpp"
#include "support/fake_backend.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// The real binary, the validator behind it and the fake backend behind that.
class Driver {
 public:
  Driver(const std::string& contract, const std::string& backend, Json options)
      : fake(backend, std::move(options)), proxy_(contract, fake.url()) {}

  FakeBackend fake;
  Sandbox box;
  std::map<std::string, std::string> environment;  ///< "{url}" stands for the validator's address

  /// Runs a command that must succeed and keep to the contract; its stdout without the end of its line.
  std::string must(const std::vector<std::string>& arguments) {
    const auto outcome = run(arguments);
    CHECK_MESSAGE(outcome.exit_code == 0, Json(arguments).dump(), "\n", outcome.err);
    auto out = outcome.out;
    if (out.ends_with('\n')) out.pop_back();
    return out;
  }

  /// Runs a command that must keep to the contract, whatever comes of it.
  Outcome run(const std::vector<std::string>& arguments) {
    auto command = box.command(arguments);
    command.environment.insert({{"MATVIEW_PROFILE", "p"}, {"MATVIEW_PROFILES_P_POLL_INTERVAL", "10ms"}});
    for (const auto& [name, value] : environment) command.environment[name] = value == "{url}" ? proxy_.url() : value;
    auto outcome = test::run(command);
    CHECK_MESSAGE(proxy_.complaints().empty(), Json(arguments).dump(), "\n", Json(proxy_.complaints()).dump(1));
    return outcome;
  }

  /// Every operation of the contract was asked for: what no test sends no validator has seen.
  void check_seen(const std::vector<std::pair<const char*, const char*>>& operations) const {
    for (const auto& [method, path] : operations)
      CHECK_MESSAGE(!fake.requests(method, path).empty(), method, " ", path);
    for (const auto& request : fake.requests()) {
      bool known = false;
      for (const auto& [method, path] : operations)
        known |= request.method == method && std::regex_match(request.path, std::regex(path));
      CHECK_MESSAGE(known, request.method, " ", request.path);
    }
  }

 private:
  ContractProxy proxy_;
};

}  // namespace matview::test
