#pragma once

#include <memory>

#include "engine/duckdb/database.hpp"

namespace matview::engine {

/// Closes a database in another thread: DuckDB takes milliseconds to let go of all it holds, and nobody waits for that.
/// One at a time, so that what is closed never piles up: closing the next waits for the one before. `exit` waits for
/// the last, `_exit` does not. Its results must be gone; what it spilled to must stay till it is closed.
void close_later(std::unique_ptr<Database> database);

}  // namespace matview::engine
