#include "providers/dune/drop.hpp"

#include <fmt/format.h>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/runs.hpp"
#include "providers/dune/view_requests.hpp"
#include "providers/remote/settings.hpp"

namespace matview::providers::dune {

Result<void> drop(const Service& service, const DropRequest& request, Control& control) {
  auto stored = require_view(service, request.name, control);
  if (!stored && stored.error().code == ErrorCode::not_found && request.if_exists) return {};
  if (!stored) return fail(std::move(stored).error());
  if (!remote::has_flag(request.options, "force") && !stored->execution_ids.empty()) {
    const auto run = read_run(service, stored->execution_ids.front(), control);
    if (!run && run.error().code != ErrorCode::not_found) return fail(run.error());
    if (run && is_under_way(*run))
      return fail(
          Error(ErrorCode::conflict, fmt::format("execution {} of it is under way", run->id))
              .with_hint(fmt::format("'matview cancel {}' ends it; --force drops the view all the same", run->id)));
  }
  // It was there a moment ago: if it is not any more, an earlier attempt has removed it.
  MATVIEW_TRY(service.ask(delete_view(service.api(), stored->full_name), read_deleted, control));
  return {};
}

}  // namespace matview::providers::dune
