#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "matview/environment.hpp"
#include "matview/job_log.hpp"

namespace matview::ledger {

/// `$XDG_STATE_HOME/matview/ledger.sqlite`, or MATVIEW_LEDGER where that is set; empty without a home.
std::filesystem::path default_path(const Environment& environment);

/// Takes secrets out of a text.
using Mask = std::function<std::string(std::string_view)>;

/// The job log in an SQLite file. Writing makes the file when it is missing (mode 0600, in a folder of mode 0700);
/// reading one that is missing finds nothing. `failed` for what cannot be opened or written, naming the file and how to
/// choose another: a foreign or damaged file, a newer format, a full disk, an empty path. Of more than
/// `keep` jobs the oldest go. `mask` is applied to every text that came from elsewhere than the command line: to all
/// but names.
std::unique_ptr<JobLog> open_ledger(std::filesystem::path file, Mask mask, std::int64_t keep = 10'000);

struct LedgerStatus {
  bool exists = false;
  std::int64_t jobs = 0;
};

/// Looks whether the ledger can be written, or made, without doing either. Errors as those of writing.
Result<LedgerStatus> examine(const std::filesystem::path& file);

}  // namespace matview::ledger
