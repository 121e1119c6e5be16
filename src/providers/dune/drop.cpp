#include "providers/dune/drop.hpp"

#include <fmt/format.h>

#include "providers/dune/execution_answers.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/runs.hpp"
#include "providers/dune/view_requests.hpp"
#include "providers/remote/settings.hpp"
#include "support/text.hpp"

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
  MATVIEW_ASSIGN(const bool was_there,
                 service.ask(delete_view(service.api(), stored->full_name), read_deleted, control));
  if (was_there) return {};
  // An earlier attempt may have removed it, or it is a view of others, of which the service says that there is none.
  const auto again = read_again(service, stored->full_name, control);
  if (!again && again.error().code == ErrorCode::not_found) return {};
  if (!again) return fail(again.error());
  return fail(ErrorCode::auth,
              fmt::format("only the account that owns '{}' can drop it", support::strip_control(stored->full_name)));
}

}  // namespace matview::providers::dune
