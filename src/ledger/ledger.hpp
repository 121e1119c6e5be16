#pragma once

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

/// The job log in an SQLite file, opened and made (mode 0600) when first used. What cannot be opened or written is
/// `failed`, naming the file and how to choose another. `mask` is applied to every text that is written.
std::unique_ptr<JobLog> open_ledger(std::filesystem::path file, std::function<std::string(std::string_view)> mask);

}  // namespace matview::ledger
