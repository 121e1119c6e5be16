#pragma once

#include <string>
#include <vector>

#include "engine/udtf/program.hpp"
#include "matview/environment.hpp"

namespace matview::engine::udtf {

/// Makes the command `argv` one that runs the same wherever it is started from: argv[0] is looked up as a shell would,
/// and an argument that names a regular file, counted from `environment`'s working directory, becomes its absolute
/// path. Hashes all of these files. `usage` for a command that cannot be run.
Result<void> resolve_command(Program& program, const std::vector<std::string>& argv, const Environment& environment);

/// How the program's files are now: those whose stat is unchanged as recorded, the others read again.
/// `failed`, naming the file, if one is gone or cannot be read.
Result<std::vector<ProgramFile>> look_at_files(const Program& program);

/// The first file whose content differs between two looks; empty if none does.
std::string changed_file(const std::vector<ProgramFile>& before, const std::vector<ProgramFile>& after);

/// A short text that is another one for other content of the files.
std::string content_mark(const std::vector<ProgramFile>& files);

}  // namespace matview::engine::udtf
