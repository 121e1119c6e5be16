#include "engine/udtf/program_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "support/file.hpp"
#include "support/sha256.hpp"
#include "support/subprocess.hpp"

namespace matview::engine::udtf {

namespace {

namespace fs = std::filesystem;

Result<FileState> state_of(const std::string& path) {
  MATVIEW_ASSIGN(const auto status, support::status_of(path));
  if (!status) return fail(ErrorCode::failed, fmt::format("the program's file {} is gone", path));
  return FileState{path, status->size, status->mtime_ns, status->ctime_ns, status->inode, status->device};
}

Result<ProgramFile> hashed(const std::string& path) {
  // Looked at first: content that changes while it is read then shows as another state at the next look.
  MATVIEW_ASSIGN(auto state, state_of(path));
  MATVIEW_ASSIGN(const auto content, support::read_file(path));
  return ProgramFile{std::move(state), support::sha256(content)};
}

bool is_regular(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

}  // namespace

Result<void> resolve_command(Program& program, const std::vector<std::string>& argv, const Environment& environment) {
  if (argv.empty()) return fail(ErrorCode::usage, "the command is empty");
  auto found = support::find_program(argv.front(), environment);
  if (!found) {
    auto error = std::move(found).error();
    error.code = ErrorCode::usage;
    return fail(std::move(error));
  }
  program.argv = {found->lexically_normal().string()};
  MATVIEW_ASSIGN(auto first, hashed(program.argv.front()));
  program.files = {std::move(first)};
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const auto path = (environment.working_directory() / argv[i]).lexically_normal();
    if (argv[i].empty() || !is_regular(path)) {
      program.argv.push_back(argv[i]);
      continue;
    }
    program.argv.push_back(path.string());
    MATVIEW_ASSIGN(auto file, hashed(path.string()));
    program.files.push_back(std::move(file));
  }
  return {};
}

Result<std::vector<ProgramFile>> look_at_files(const Program& program) {
  std::vector<ProgramFile> files;
  for (const auto& recorded : program.files) {
    MATVIEW_ASSIGN(const auto state, state_of(recorded.state.path));
    if (state == recorded.state) {
      files.push_back(recorded);
      continue;
    }
    MATVIEW_ASSIGN(auto file, hashed(recorded.state.path));
    files.push_back(std::move(file));
  }
  return files;
}

std::string changed_file(const std::vector<ProgramFile>& before, const std::vector<ProgramFile>& after) {
  for (std::size_t i = 0; i < before.size() && i < after.size(); ++i)
    if (before[i].sha256 != after[i].sha256) return after[i].state.path;
  return {};
}

std::string content_mark(const std::vector<ProgramFile>& files) {
  std::string all;
  for (const auto& file : files) all += file.sha256;
  return support::sha256(all).substr(0, 32);
}

}  // namespace matview::engine::udtf
