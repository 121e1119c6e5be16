#include "contract/proxy.hpp"

#include <unistd.h>

#include <chrono>
#include <sstream>
#include <stdexcept>

namespace matview::test {

namespace {

constexpr std::string_view k_listening = "Prism is listening on http://127.0.0.1:";

}  // namespace

Command ContractProxy::command(const std::string& contract, const std::string& upstream) const {
  const std::filesystem::path program =
      std::filesystem::path(MATVIEW_CONTRACT_MODULES) / "@stoplight/prism-cli/dist/index.js";
  if (!std::filesystem::exists(program))
    throw std::runtime_error("the validator is not installed: scripts/install-deps does that");
  Command command;
  command.program = MATVIEW_NODE;
  command.arguments = {
      program.string(), "proxy", "--errors", "-h",
      "127.0.0.1",      "-p",    "0",        (std::filesystem::path(MATVIEW_CONTRACT_FILES) / contract).string(),
      upstream};
  command.environment = {{"HOME", directory_.path().string()}, {"PATH", "/usr/bin:/bin"}};
  command.output_file = directory_.path() / "log";
  command.time_limit = std::chrono::minutes(5);
  return command;
}

ContractProxy::ContractProxy(const std::string& contract, const std::string& upstream)
    : process_(command(contract, upstream)) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const auto log = directory_.path() / "log";
  while (port_ == 0) {
    const std::string text = std::filesystem::exists(log) ? read_file(log) : "";
    const auto at = text.find(k_listening);
    if (at != std::string::npos && text.find('\n', at) != std::string::npos)
      port_ = std::stoi(text.substr(at + k_listening.size()));
    else if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the validator does not start: " + text);
    else
      ::usleep(10'000);
  }
}

std::vector<std::string> ContractProxy::complaints() const {
  std::istringstream lines(read_file(directory_.path() / "log"));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);)
    if (line.find(" error ") != std::string::npos) found.push_back(line);
  return found;
}

}  // namespace matview::test
