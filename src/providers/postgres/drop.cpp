#include "providers/postgres/drop.hpp"

#include <fmt/format.h>

#include "providers/postgres/catalog.hpp"
#include "providers/postgres/sql.hpp"
#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

/// The view, if it is there and can go; empty if it need not be there.
Result<std::optional<StoredView>> droppable(Connection& connection, const DropRequest& request, Control& control) {
  auto view = find_view(connection, request.name, control);
  if (!view && view.error().code == ErrorCode::not_found && request.if_exists) return std::optional<StoredView>();
  if (!view) return fail(std::move(view).error());
  MATVIEW_ASSIGN(const auto catalog, read_catalog(connection, view->name, control));
  const auto readers = readers_of(catalog, view->oid);
  if (!readers.empty())
    return fail(
        Error(ErrorCode::conflict, fmt::format("view '{}' is read by {}", view->shown, support::join(readers, ", ")))
            .with_hint("drop those first"));
  return std::optional(*std::move(view));
}

}  // namespace

Result<void> drop(const Database& database, const DropRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, droppable(*connection, request, control));
  if (!view) return {};
  MATVIEW_TRY(connection->run(drop_sql(view->name), {}, control));
  return {};
}

Result<Plan> plan_drop(const Database& database, const DropRequest& request, Control& control) {
  MATVIEW_ASSIGN(const auto connection, database.connect(control));
  MATVIEW_ASSIGN(const auto view, droppable(*connection, request, control));
  Plan plan;
  plan.operation = "drop";
  plan.view = request.name;
  plan.reason = view ? "removes the view, its rows and its indexes" : "there is no such view";
  if (view) plan.sql = drop_sql(view->name);
  return plan;
}

}  // namespace matview::providers::postgres
