#pragma once

#include <filesystem>
#include <optional>

#include "engine/store/records.hpp"
#include "matview/result.hpp"
#include "support/schedule.hpp"

namespace matview::engine {

/// Where a view stands in its schedule: the windows of a schedule lie between its ticks, and each is served by one
/// refresh that succeeds.
struct Window {
  Time opened;  ///< the last tick
  Time next;    ///< the tick that opens the next one
  /// A refresh that began in this window has succeeded. Of missed ticks only the last counts, so that they are made up
  /// for by one refresh.
  bool served = false;
};

/// The schedule of a definition. `usage` for what is none, or for a zone that there is not; `failed` where this machine
/// has no time zones (see TimeZone::load).
Result<support::Schedule> read_schedule(const ViewDefinition& definition, const std::filesystem::path& zones);

/// Empty for a view without a schedule. Errors as of `read_schedule`.
Result<std::optional<Window>> window_of(const ViewRecord& view, Time now, const std::filesystem::path& zones);

/// `conflict`, saying when the next window opens, for a scheduled view that was refreshed in this one already.
Result<void> require_open_window(const ViewRecord& view, Time now, const std::filesystem::path& zones);

}  // namespace matview::engine
