#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/names.hpp"
#include "app/selection.hpp"

namespace matview::app {

// What only looks. An unknown view is `not_found` with the nearest name as a hint; what the profile's provider cannot
// do is `unsupported`, naming those that can.

Result<View> describe(Workspace& workspace, const Reference& view, bool versions, const OptionValues& options,
                      Control& control);

/// The view as the request that would create it. `options` are those of `show`.
Result<CreateRequest> definition(Workspace& workspace, const Reference& view, const OptionValues& options,
                                 Control& control);

/// Of a remote backend that keeps no history: the jobs on record here.
Result<std::vector<Job>> history(Workspace& workspace, const Reference& view, std::int64_t limit,
                                 const OptionValues& options, Control& control);

/// A query on a profile; empty: the one in use. The rows must not outlive the workspace.
Result<std::unique_ptr<RowStream>> query(Workspace& workspace, std::string_view profile, const QueryRequest& request,
                                         Control& control);

/// How a view would be refreshed; with `request.definition`, how one of that definition would be.
Result<Explanation> explain(Workspace& workspace, std::string_view profile, const ExplainRequest& request,
                            Control& control);

/// What became of one view: a verification, or why there is none.
struct Verified {
  std::string profile;
  std::string provider;
  std::string view;
  Duration elapsed{0};
  std::optional<Verification> verification = {};
  Error error = {};
};

struct VerifyResult {
  std::vector<Verification> verifications;
  std::vector<Error> errors;   ///< of the views that could not be verified
  std::vector<Verified> each;  ///< the same view by view, as far as it got
};

/// Verifies each view, `jobs` of them at once; stops at a signal or the deadline only. What was found is in the order
/// of the views.
VerifyResult verify(Workspace& workspace, const std::vector<Selected>& views, const OptionValues& options,
                    std::size_t jobs, Control& control);

Result<GcReport> collect_garbage(Workspace& workspace, std::string_view profile, const GcRequest& request,
                                 Control& control);

}  // namespace matview::app
