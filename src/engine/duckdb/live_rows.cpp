#include "engine/duckdb/live_rows.hpp"

#include <algorithm>

#include "engine/duckdb/database.hpp"
#include "engine/duckdb/errors.hpp"
#include "engine/duckdb/functions.hpp"
#include "engine/duckdb/handles.hpp"
#include "engine/duckdb/scalar_function.hpp"

namespace matview::engine {

namespace {

constexpr std::int64_t k_bits = 64;
// No file of ours comes near; a damaged one must not ask for all memory there is.
constexpr std::int64_t k_most_positions = std::int64_t{1} << 36;

}  // namespace

Result<void> LiveRows::add_to(duckdb_database database, duckdb_connection connection) {
  if (added_) return {};
  database_ = database;
  MATVIEW_TRY(add_function(api_, connection,
                           {k_live_function, {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT}, this, &LiveRows::answer}));
  added_ = true;
  return {};
}

void LiveRows::answer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  // Whoever runs this has loaded it.
  const auto loaded = duckdb_api();
  if (!loaded) return;
  const auto& api = **loaded;
  auto& self = *static_cast<LiveRows*>(api.scalar_function_get_extra_info(info));
  const idx_t size = api.data_chunk_get_size(input);
  auto* files = static_cast<duckdb_string_t*>(api.vector_get_data(api.data_chunk_get_vector(input, 0)));
  const auto* positions = static_cast<const std::int64_t*>(api.vector_get_data(api.data_chunk_get_vector(input, 1)));
  auto* live = static_cast<bool*>(api.vector_get_data(output));
  // The file is written into the query, so that it is the same for all rows of a chunk.
  if (size == 0) return;
  const auto found = self.positions_of({api.string_t_data(files), api.string_t_length(*files)});
  if (!found) return api.scalar_function_set_error(info, found.error().message.c_str());
  const Bits& gone = **found;
  const std::uint64_t end = gone.size() * k_bits;
  for (idx_t i = 0; i < size; ++i) {
    const auto position = static_cast<std::uint64_t>(positions[i]);
    live[i] = position >= end || ((gone[position / k_bits] >> (position % k_bits)) & 1) == 0;
  }
}

Result<std::shared_ptr<const LiveRows::Bits>> LiveRows::positions_of(const std::string& delete_file) {
  const std::lock_guard lock(mutex_);
  if (const auto known = read_.find(delete_file); known != read_.end()) return known->second;
  MATVIEW_ASSIGN(auto bits, read(delete_file));
  read_.emplace(delete_file, bits);
  return bits;
}

Result<std::shared_ptr<const LiveRows::Bits>> LiveRows::read(const std::string& delete_file) {
  ConnectionHandle connection(api_);
  if (api_.connect(database_, connection.out()) == DuckDBError)
    return fail(ErrorCode::failed, "cannot connect to DuckDB");
  const std::string sql =
      "SELECT pos FROM read_parquet([" + quote_literal(delete_file) + "], hive_partitioning = false)";
  ResultHandle result(api_);
  if (api_.query(connection.get(), sql.c_str(), result.out()) == DuckDBError)
    return fail(duckdb_error(api_.result_error(result.out())));
  auto bits = std::make_shared<Bits>();
  while (true) {
    ChunkHandle chunk(api_, api_.fetch_chunk(result.get()));
    if (!chunk.get()) return std::shared_ptr<const Bits>(std::move(bits));
    const auto* positions =
        static_cast<const std::int64_t*>(api_.vector_get_data(api_.data_chunk_get_vector(chunk.get(), 0)));
    for (idx_t i = 0; i < api_.data_chunk_get_size(chunk.get()); ++i) {
      if (positions[i] < 0 || positions[i] >= k_most_positions)
        return fail(ErrorCode::failed, "the file '" + delete_file + "' names a position that no row has");
      const auto word = static_cast<std::size_t>(positions[i] / k_bits);
      if (word >= bits->size()) bits->resize(std::max(word + 1, bits->size() * 2));
      (*bits)[word] |= std::uint64_t{1} << (positions[i] % k_bits);
    }
  }
}

}  // namespace matview::engine
