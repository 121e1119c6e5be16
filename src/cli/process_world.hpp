#pragma once

#include <atomic>
#include <memory>

#include "cli/world.hpp"

namespace matview::cli {

/// Makes the process fit for a command line tool: closed standard descriptors are opened on /dev/null, so that no file
/// of ours becomes the output by accident; a closed pipe or a limit of the size of files is an error of write and no
/// signal; SIGINT and SIGTERM set `stop_signal`, a second one of them ends the process at once; SIGHUP is as a first
/// SIGTERM. To be called once, before anything else.
void prepare_process();

/// 0, or the signal that asked to stop.
const std::atomic<int>& stop_signal();

/// See World::catch_hangup.
const std::atomic<int>& catch_hangup();

/// See World::midline.
std::atomic<int>& midline();

/// The real environment, clock and randomness.
std::unique_ptr<Environment> process_environment();

/// Ends this process with success and without another word once so much time has passed, whatever it does then.
void end_process_after(Duration time);

/// Of the terminal on `descriptor`; 80 by 24 if it is none or does not say.
output::TerminalSize terminal_size(int descriptor);

}  // namespace matview::cli
