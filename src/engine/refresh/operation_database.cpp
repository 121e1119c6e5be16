#include "engine/refresh/operation_database.hpp"

#include <system_error>
#include <utility>

#include "engine/duckdb/close_later.hpp"

namespace matview::engine {

OperationDatabase::~OperationDatabase() {
  std::error_code error;
  if (database && (!temporary_directory || std::filesystem::is_empty(*temporary_directory, error)))
    close_later(std::move(database));
}

Result<OperationDatabase> open_database(const EngineContext& context, const std::string& time_zone, RowOrder order) {
  OperationDatabase opened;
  auto options = context.database;
  options.time_zone = time_zone;
  options.preserve_order = order == RowOrder::kept;
  // A store that cannot be written has no place to spill to either; its views can be read all the same.
  if (auto directory = context.store.temporary_directory()) {
    opened.temporary_directory = *std::move(directory);
    options.temporary_directory = *opened.temporary_directory;
  }
  MATVIEW_ASSIGN(opened.database, Database::open(options));
  return opened;
}

std::future<Result<OperationDatabase>> open_database_ahead(const EngineContext& context, std::string time_zone,
                                                           RowOrder order) {
  return std::async(std::launch::async,
                    [&context, zone = std::move(time_zone), order] { return open_database(context, zone, order); });
}

}  // namespace matview::engine
