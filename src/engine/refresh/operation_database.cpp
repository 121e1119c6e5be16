#include "engine/refresh/operation_database.hpp"

#include <system_error>
#include <utility>

#include "engine/duckdb/close_later.hpp"
#include "engine/duckdb/sql_text.hpp"

namespace matview::engine {

namespace {

// Rows that compress well are many: a MiB of them may keep several threads busy.
constexpr double k_little_bytes = 256 << 10;

}  // namespace

OperationDatabase::~OperationDatabase() {
  std::error_code error;
  if (database && (!temporary_directory || std::filesystem::is_empty(*temporary_directory, error)))
    close_later(std::move(database));
}

DatabaseNeeds database_needs(const ViewDefinition& definition) {
  DatabaseNeeds needs;
  needs.time_zone = definition.time_zone;
  needs.order = definition.program.empty() ? RowOrder::any : RowOrder::kept;
  // In a name or a text it does no harm either.
  needs.has_limit = fold_case(definition.sql).find("limit") != std::string::npos;
  return needs;
}

Result<OperationDatabase> open_database(const EngineContext& context, const DatabaseNeeds& needs) {
  OperationDatabase opened;
  auto options = context.database;
  options.time_zone = needs.time_zone;
  options.preserve_order = needs.order == RowOrder::kept;
  options.has_limit = needs.has_limit;
  if (needs.source_bytes > 0 && needs.source_bytes < k_little_bytes && !options.threads) options.threads = 1;
  // A store that cannot be written has no place to spill to either; its views can be read all the same.
  if (auto directory = context.store.temporary_directory()) {
    opened.temporary_directory = *std::move(directory);
    options.temporary_directory = *opened.temporary_directory;
  }
  MATVIEW_ASSIGN(opened.database, Database::open(options));
  return opened;
}

std::future<Result<OperationDatabase>> open_database_ahead(const EngineContext& context, DatabaseNeeds needs) {
  return std::async(std::launch::async | std::launch::deferred,
                    [&context, needs = std::move(needs)] { return open_database(context, needs); });
}

}  // namespace matview::engine
