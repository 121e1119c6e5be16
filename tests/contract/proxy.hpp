#pragma once

#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A validator of others' making in front of a backend: it holds every request and every answer against a contract of
/// this folder, passes on what keeps to it and answers 4xx or 5xx in the backend's place to what does not.
class ContractProxy {
 public:
  /// `contract` is a file of this folder. Throws std::runtime_error if the validator is not installed.
  ContractProxy(const std::string& contract, const std::string& upstream);

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// What it found wrong so far; none if all kept to the contract.
  std::vector<std::string> complaints() const;

 private:
  Command command(const std::string& contract, const std::string& upstream) const;

  TemporaryDirectory directory_;
  Process process_;
  int port_ = 0;
};

}  // namespace matview::test
