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

struct DatabaseNeeds {
  std::string time_zone;
  RowOrder order = RowOrder::any;
  /// Bytes it reads, 0 if that is not known. For little one thread is used unless the settings say how many: several
  /// would mostly wait for each other.
  double source_bytes = 0;
  bool has_limit = false;  ///< see DatabaseOptions
};

/// What the query of a view needs: programs are given their rows in its order, nothing else asks for one.
DatabaseNeeds database_needs(const ViewDefinition& definition);

Result<OperationDatabase> open_database(const EngineContext& context, const DatabaseNeeds& needs);

/// The same in another thread if there can be one, for who has yet other things to do that take milliseconds. `context`
/// is to outlive it.
std::future<Result<OperationDatabase>> open_database_ahead(const EngineContext& context, DatabaseNeeds needs);

}  // namespace matview::engine
