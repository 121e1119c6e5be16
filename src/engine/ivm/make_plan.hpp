#pragma once

#include "engine/duckdb/database.hpp"
#include "engine/ivm/plan.hpp"
#include "engine/sources/definition.hpp"
#include "engine/store/records.hpp"

namespace matview::engine::ivm {

/// Whether what is made of files that are not kept says from which it is, so that it can go with them.
enum class Tracing { where_not_kept, never };

/// The plan of a definition whose sources are bound: with blocks, or with the reason why there can be none.
Result<Plan> make_plan(const ViewDefinition& definition, const UpstreamLookup& upstream,
                       Tracing tracing = Tracing::where_not_kept);
/// The same with a database of the view's time zone, in which tables named __matview_… are made.
Result<Plan> make_plan(Database& database, const ViewDefinition& definition, const UpstreamLookup& upstream,
                       Tracing tracing = Tracing::where_not_kept);

/// Whether an error is the refusal of a technique: its detail is the coded reason.
bool is_refusal(const Error& error);

}  // namespace matview::engine::ivm
