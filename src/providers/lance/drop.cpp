#include "providers/lance/drop.hpp"

#include <fmt/format.h>

#include "providers/lance/errors.hpp"
#include "providers/lance/marks.hpp"
#include "providers/lance/table_requests.hpp"
#include "providers/lance/view_requests.hpp"
#include "providers/remote/settings.hpp"

namespace matview::providers::lance {

namespace {

Result<void> check_is_view(const Service& service, const Endpoint& endpoint, const Identifier& id, Control& control) {
  MATVIEW_ASSIGN(const Table table, service.ask(describe_table(endpoint, id), read_table, control));
  if (read_marks(table).is_view) return {};
  return fail(Error(ErrorCode::conflict, "it is a table and, as far as the server tells, no materialized view")
                  .with_hint("its rows cannot be computed anew; --any-table drops it all the same"));
}

/// An answer that was lost: what is gone was dropped.
bool is_gone(const Service& service, const Endpoint& endpoint, const Identifier& id, Control& control) {
  const auto response = service.send(table_exists(endpoint, id), control);
  return response && response->status == 404 && error_code(*response).value_or(k_table_not_found) == k_table_not_found;
}

}  // namespace

Result<void> drop(const Service& service, const DropRequest& request, Control& control) {
  MATVIEW_ASSIGN(const Identifier id, identifier_of(request.name, service.settings.naming));
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  const bool by_view = service.settings.dialect == Dialect::views;
  const bool any_table = remote::has_flag(request.options, "any-table");
  Result<void> dropped;
  if (!by_view && !any_table) dropped = check_is_view(service, endpoint, id, control);
  if (dropped) {
    const bool table = !by_view || any_table;
    dropped = service.ask(table ? drop_table(endpoint, id) : drop_view(endpoint, id), read_nothing, control);
  }
  if (dropped) return {};
  Error error = std::move(dropped).error();
  if (error.code == ErrorCode::not_found && request.if_exists) return {};
  if (error.unanswered) {
    if (error.code == ErrorCode::unavailable && is_gone(service, endpoint, id, control)) return {};
    if (error.hint.empty()) error.hint = fmt::format("it may be gone: 'matview show {}' tells", request.name);
  }
  return fail(std::move(error));
}

}  // namespace matview::providers::lance
