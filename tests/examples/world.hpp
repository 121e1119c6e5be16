#pragma once

#include <map>
#include <string>

#include "read_examples.hpp"
#include "support/fake_backend.hpp"
#include "support/process.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// Where examples take place: the files, views and jobs that they speak of, and services on this machine that answer.
class World {
 public:
  /// Without `views` nothing has been created yet, so that examples of `create` can.
  explicit World(bool views);

  /// Runs an example in bash, nobody at the terminal, every question answered with yes. More of the environment may be
  /// given.
  Outcome run(const Example& example, const std::map<std::string, std::string>& more = {});

 private:
  Command shell(const std::string& script) const;
  void must(const std::string& script) const;

  Sandbox box_;
  FakeBackend dune_;
  FakeBackend lance_;
  FakeBackend thoughtspot_;
  std::string job_;  ///< one that Dune has accepted
};

}  // namespace matview::test
