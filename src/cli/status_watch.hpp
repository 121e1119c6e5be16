#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/reporter.hpp"
#include "cli/session.hpp"

namespace matview::cli {

/// What there was to see.
struct WatchLook {
  std::vector<View> views = {};
  std::vector<Error> unreachable = {};  ///< of the profiles that could not be asked
};

/// What `status --watch` shows, and how often.
struct WatchOptions {
  std::chrono::seconds interval{2};
  std::vector<std::string> fields = {};
  /// Looks once. Called with a control of the watch's own.
  std::function<Result<WatchLook>(Control& control)> look;
};

/// Looks again and again until it is stopped, which is how it ends: with `interrupted` or `terminated`. A terminal has
/// one table that is drawn in place; elsewhere all views are printed first, and from then on those that changed. A
/// backend that cannot be reached is told of, and asked again.
Result<int> watch_status(Session& session, const WatchOptions& options, Reporter& reporter);

}  // namespace matview::cli
