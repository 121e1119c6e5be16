#include "support/subprocess.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "support/child_process.hpp"

namespace matview::support {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

// How long a change that no descriptor announces (the end of the program, the stop flag) may go unnoticed.
constexpr int k_tick_ms = 10;

void keep_tail(std::string& text, std::size_t limit) {
  if (text.size() > limit) text.erase(0, text.size() - limit);
}

Error stopped(int signal, const std::string& name) {
  return Error(signal == SIGTERM ? ErrorCode::terminated : ErrorCode::interrupted,
               fmt::format("'{}' was stopped by a signal", name));
}

class Run {
 public:
  explicit Run(const ProcessRequest& request) : request_(request) {}

  Result<ProcessResult> operator()(const Environment& environment) {
    MATVIEW_TRY(start(environment));
    MATVIEW_TRY(follow());
    if (child_->lost())
      return fail(ErrorCode::failed, fmt::format("cannot learn how '{}' ended: SIGCHLD is ignored", name()));
    const int status = child_->status();
    result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result_.exit_code = result_.signal != 0 ? 128 + result_.signal : WEXITSTATUS(status);
    return std::move(result_);
  }

 private:
  Result<void> start(const Environment& environment) {
    MATVIEW_ASSIGN(const fs::path program, find_program(name(), environment));
    MATVIEW_ASSIGN(child_, ChildProcess::start(
                               {program, request_.argv, variables_of(environment), request_.working_directory, false}));
    // Grown text leaves copies behind in freed memory, and it may be a secret.
    result_.standard_output.reserve(std::min<std::size_t>(request_.stdout_limit, 64 << 10));
    return {};
  }

  Result<void> follow() {
    const auto end = Clock::now() + request_.timeout;
    for (;;) {
      const bool ended = child_->ended();
      // What was written before the end is in the pipes by now; what a background child writes later is not ours.
      if (ended) return read_rest();
      if (request_.stop != nullptr && request_.stop->load() != 0) return fail(stopped(request_.stop->load(), name()));
      if (Clock::now() >= end)
        return fail(ErrorCode::timeout, fmt::format("'{}' did not end within {} ms", name(), request_.timeout.count()));
      std::array<pollfd, 2> ends{{{child_->output.get(), POLLIN, 0}, {child_->error.get(), POLLIN, 0}}};
      ::poll(ends.data(), ends.size(), k_tick_ms);
      MATVIEW_TRY(read_some());
    }
  }

  Result<void> read_some() {
    drain(child_->output, result_.standard_output);
    drain(child_->error, result_.standard_error);
    keep_tail(result_.standard_error, request_.stderr_limit);
    if (result_.standard_output.size() <= request_.stdout_limit) return {};
    return fail(ErrorCode::failed, fmt::format("'{}' wrote more than {} bytes", name(), request_.stdout_limit));
  }

  Result<void> read_rest() {
    for (;;) {
      const auto before = result_.standard_output.size();
      std::string err;
      drain(child_->error, err);
      result_.standard_error += err;
      keep_tail(result_.standard_error, request_.stderr_limit);
      MATVIEW_TRY(read_some());
      if (err.empty() && result_.standard_output.size() == before) return {};
    }
  }

  const std::string& name() const { return request_.argv.front(); }

  const ProcessRequest& request_;
  std::unique_ptr<ChildProcess> child_;
  ProcessResult result_;
};

bool executable(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string search_path(const Environment& environment) {
  return environment.variable("PATH").value_or(std::string(k_default_path));
}

std::vector<fs::path> program_folders(const Environment& environment) {
  std::vector<fs::path> folders;
  const auto search = search_path(environment);
  for (std::size_t begin = 0; begin <= search.size();) {
    const auto end = std::min(search.find(':', begin), search.size());
    fs::path folder = search.substr(begin, end - begin);
    // An empty or relative entry means whatever folder we are in: nothing to take a program from.
    if (folder.is_absolute()) folders.push_back(std::move(folder));
    begin = end + 1;
  }
  return folders;
}

}  // namespace

Result<fs::path> find_program(std::string_view name, const Environment& environment) {
  if (name.empty()) return fail(ErrorCode::not_found, "the name of the program is empty");
  if (name.find('/') != std::string_view::npos) {
    auto path = environment.working_directory() / name;
    if (executable(path)) return path;
    return fail(ErrorCode::not_found, fmt::format("'{}' is no program that can be run", path.string()));
  }
  for (const auto& folder : program_folders(environment))
    if (executable(folder / name)) return folder / name;
  return fail(ErrorCode::not_found, fmt::format("no program '{}' in PATH ({})", name, search_path(environment)));
}

std::map<std::string, fs::path> find_programs(std::string_view prefix, const Environment& environment) {
  std::map<std::string, fs::path> found;
  // Every command looks through thousands of names here: so without a path for each, and once where /bin is /usr/bin.
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const auto& folder : program_folders(environment)) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
    struct stat status {};
    if (!directory || ::fstat(::dirfd(directory.get()), &status) != 0) continue;
    if (!seen.emplace(status.st_dev, status.st_ino).second) continue;
    while (const dirent* entry = ::readdir(directory.get()))
      if (const std::string_view name = entry->d_name; name.starts_with(prefix) && executable(folder / name))
        found.emplace(name, folder / name);
  }
  return found;
}

Result<ProcessResult> run_process(const ProcessRequest& request, const Environment& environment) {
  if (request.argv.empty()) return fail(ErrorCode::usage, "the command is empty");
  return Run(request)(environment);
}

}  // namespace matview::support
