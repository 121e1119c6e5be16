#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "engine/duckdb/database.hpp"
#include "engine/refresh/refresh.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// A database for one operation on one view: its time zone, and a place of its own to spill to. It is closed while the
/// process goes on, unless it spilled.
struct OperationDatabase {
  OperationDatabase() = default;
  OperationDatabase(OperationDatabase&&) = default;
  OperationDatabase& operator=(OperationDatabase&&) = delete;
  ~OperationDatabase();

  std::shared_ptr<std::filesystem::path> temporary_directory;  ///< removed with the database, after it
  std::unique_ptr<Database> database;
};

enum class RowOrder {
  any,   ///< rows without an ORDER BY may come in any order: faster, and with less memory
  kept,  ///< as the sources have them, for what people look at
};

Result<OperationDatabase> open_database(const EngineContext& context, const std::string& time_zone, RowOrder order);

/// The same in another thread, for who has yet other things to do that take milliseconds. `context` is to outlive it.
std::future<Result<OperationDatabase>> open_database_ahead(const EngineContext& context, std::string time_zone,
                                                           RowOrder order);

}  // namespace matview::engine
