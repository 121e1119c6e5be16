#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "matview/environment.hpp"
#include "matview/result.hpp"
#include "support/descriptor.hpp"

namespace matview::support {

/// A program to start without a shell.
struct ChildStart {
  std::filesystem::path program;            ///< absolute
  std::vector<std::string> argv;            ///< argv[0] included
  std::vector<std::string> variables;       ///< "NAME=VALUE": its whole environment
  std::filesystem::path working_directory;  ///< absolute; our own where empty
  bool input = false;                       ///< a pipe as stdin; else /dev/null
};

/// A running program: no descriptor of ours open in it but its pipes, in a process group of its own, no signal blocked
/// or ignored. Always waited for; one that still runs when the object goes is killed with its group.
class ChildProcess {
 public:
  /// `failed` where it cannot be started.
  static Result<std::unique_ptr<ChildProcess>> start(const ChildStart& what);

  ~ChildProcess() { kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Our ends, not blocking. A closed reader of stdin raises no signal here: the other end stays open until we go.
  Descriptor input;  ///< not open without ChildStart::input
  Descriptor output;
  Descriptor error;

  /// Whether it has ended, and was waited for.
  bool ended();
  /// To the whole group; nothing once it has ended.
  void signal(int number) const;
  /// Kills the group and waits for the program.
  void kill();

  /// As of waitpid, once it has ended.
  int status() const { return status_; }
  /// Where SIGCHLD is ignored, as some who start us have it, the kernel does not keep how a child ended.
  bool lost() const { return lost_; }

 private:
  ChildProcess() = default;
  pid_t wait(int flags);

  Descriptor input_reader_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool lost_ = false;
};

/// The variables of `environment` as a child gets them.
std::vector<std::string> variables_of(const Environment& environment);

/// Reads what is there without waiting; closes `end` at its end.
void drain(Descriptor& end, std::string& text);

}  // namespace matview::support
