#include "engine/store/locks.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "support/file.hpp"
#include "support/lock.hpp"
#include "support/time_text.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace fs = std::filesystem;
using support::FileLock;

namespace {

class HeldViewLock final : public ViewLock {
 public:
  explicit HeldViewLock(FileLock lock) : lock_(std::move(lock)) {}
  HeldViewLock(const HeldViewLock&) = delete;
  HeldViewLock& operator=(const HeldViewLock&) = delete;
  ~HeldViewLock() override {
    // So that the next holder is never mistaken for this one. The lock itself needs no text.
    (void)lock_.write("");
  }

 private:
  FileLock lock_;
};

struct Holder {
  long pid = 0;
  std::string since;
};

/// The live process that says to hold the lock. A holder that was killed leaves its text behind.
std::optional<Holder> holder_of(const fs::path& file) {
  Holder holder;
  if (const auto text = support::read_file(file)) {
    std::istringstream words(*text);
    words >> holder.pid >> holder.since;
  }
  if (holder.pid > 0 && !holder.since.empty() && (::kill(static_cast<pid_t>(holder.pid), 0) == 0 || errno == EPERM))
    return holder;
  return std::nullopt;
}

// The last line of a pin that is complete; without it the pin is still being written and protects everything.
constexpr std::string_view k_end = "end";

class HeldPin final : public ReadPin {
 public:
  explicit HeldPin(FileLock lock) : lock_(std::move(lock)) {}
  HeldPin(const HeldPin&) = delete;
  HeldPin& operator=(const HeldPin&) = delete;
  ~HeldPin() override { lock_.remove_file(); }
  void narrow(const std::string& text) {
    // A pin that could not be written protects more, never less.
    (void)lock_.write(text);
  }

 private:
  FileLock lock_;
};

/// Stands where nothing can be written, and so nothing be removed either.
class NoPin final : public ReadPin {};

void add_pin(const fs::path& file, PinnedFiles& pinned) {
  const auto text = support::read_file(file);
  // Its reader has just finished.
  if (const auto status = support::status_of(file); status && !*status) return;
  std::vector<std::string> lines;
  std::istringstream stream(text ? *text : std::string());
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  if (lines.empty() || lines.back() != k_end) {
    pinned.everything = true;
    return;
  }
  lines.pop_back();
  pinned.files.insert(pinned.files.end(), lines.begin(), lines.end());
}

}  // namespace

Result<std::unique_ptr<ViewLock>> take_view_lock(const fs::path& file, const std::string& view,
                                                 const Environment& environment) {
  // A holder without a name is about to write it, or is a `gc` that looks for orphans and will be gone in a moment.
  constexpr auto k_patience = std::chrono::seconds(10);
  const auto end = std::chrono::steady_clock::now() + k_patience;
  MATVIEW_ASSIGN(std::optional<FileLock> lock, FileLock::try_acquire(file));
  while (!lock) {
    if (const auto holder = holder_of(file))
      return fail(Error(ErrorCode::locked, "view '" + view + "' is being refreshed by process " +
                                               std::to_string(holder->pid) + " since " + holder->since)
                      .with_retryable());
    if (std::chrono::steady_clock::now() > end)
      return fail(Error(ErrorCode::locked, "view '" + view + "' is held by another process").with_retryable());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    MATVIEW_ASSIGN(lock, FileLock::try_acquire(file));
  }
  // Without this text the lock works, only its holder cannot be named: a full disk is no reason not to drop a view.
  (void)lock->write(std::to_string(::getpid()) + " " + support::format_rfc3339(environment.now()) + "\n");
  return std::make_unique<HeldViewLock>(*std::move(lock));
}

bool is_view_locked(const fs::path& file) {
  if (!holder_of(file)) return false;
  // The process that wrote the text lives, or another one has its number by now: only the lock itself tells.
  const auto free = FileLock::try_acquire_existing(file);
  return free && !*free;
}

Result<std::shared_ptr<ReadPin>> start_pin(const fs::path& directory, const Environment& environment) {
  while (true) {
    auto lock = FileLock::try_acquire(directory / support::uuid_v7(environment));
    // On a store that cannot be written, by this user or for want of space, reading must still work.
    if (!lock && (::access(directory.c_str(), W_OK) != 0 || !lock.error().hint.empty()))
      return std::make_shared<NoPin>();
    if (!lock) return fail(std::move(lock).error());
    if (*lock) return std::make_shared<HeldPin>(**std::move(lock));
  }
}

void narrow_pin(ReadPin& pin, const std::vector<std::string>& files) {
  auto* held = dynamic_cast<HeldPin*>(&pin);
  if (held == nullptr) return;
  std::string text;
  for (const std::string& file : files) text += file + "\n";
  held->narrow(text + std::string(k_end) + "\n");
}

bool PinnedFiles::has(const std::string& file) const {
  return everything || std::binary_search(files.begin(), files.end(), file);
}

Result<PinnedFiles> read_pins(const fs::path& directory, bool clean) {
  PinnedFiles pinned;
  MATVIEW_ASSIGN(const auto names, support::list_directory(directory));
  for (const std::string& name : names) {
    const fs::path file = directory / name;
    MATVIEW_ASSIGN(std::optional<FileLock> dead, FileLock::try_acquire_existing(file));
    if (!dead)
      add_pin(file, pinned);
    else if (clean)
      dead->remove_file();
  }
  std::sort(pinned.files.begin(), pinned.files.end());
  return pinned;
}

}  // namespace matview::engine
