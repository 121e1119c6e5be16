#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// A world of its own for the real binary: a home, a working directory `work` and no variables but HOME, PATH and TZ.
/// Nothing of the machine or of another test is seen or touched.
class Sandbox {
 public:
  Sandbox();

  /// HOME; `~/.config` and `~/.local` stand below it.
  std::filesystem::path home() const { return directory_.path() / "home"; }
  /// Where commands run.
  std::filesystem::path work() const { return directory_.path() / "work"; }
  const TemporaryDirectory& directory() const { return directory_; }

  /// Writes the user's configuration file.
  void configure(std::string_view toml) const;

  /// A command ready to be changed: `auto c = box.command({"list"}); c.closed = {0};`
  Command command(std::vector<std::string> arguments) const;

  /// Runs `matview ARGUMENTS…`.
  Outcome run(std::vector<std::string> arguments, std::string input = {}) const;

 private:
  TemporaryDirectory directory_;
};

}  // namespace matview::test
