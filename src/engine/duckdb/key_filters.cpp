#include "engine/duckdb/key_filters.hpp"

#include <algorithm>
#include <bit>

#include "engine/duckdb/errors.hpp"
#include "engine/duckdb/functions.hpp"
#include "engine/duckdb/handles.hpp"
#include "engine/duckdb/scalar_function.hpp"

namespace matview::engine {

namespace {

constexpr std::uint64_t k_word = 64;
constexpr std::uint64_t k_bits_per_key = 16;

}  // namespace

Result<void> KeyFilters::add_to(duckdb_connection connection) {
  if (added_) return {};
  MATVIEW_TRY(add_function(api_, connection,
                           {k_among_function, {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_UBIGINT}, this, &KeyFilters::answer}));
  added_ = true;
  return {};
}

Result<void> KeyFilters::remember(const std::string& name, duckdb_connection connection, const std::string& sql) {
  ResultHandle result(api_);
  if (api_.query(connection, sql.c_str(), result.out()) == DuckDBError)
    return fail(duckdb_error(api_.result_error(result.out())));
  std::vector<std::uint64_t> hashes;
  while (true) {
    ChunkHandle chunk(api_, api_.fetch_chunk(result.get()));
    if (!chunk.get()) break;
    const auto* found =
        static_cast<const std::uint64_t*>(api_.vector_get_data(api_.data_chunk_get_vector(chunk.get(), 0)));
    hashes.insert(hashes.end(), found, found + api_.data_chunk_get_size(chunk.get()));
  }
  const auto bits = std::bit_ceil(std::max<std::uint64_t>(k_word, hashes.size() * k_bits_per_key));
  auto made = std::make_shared<Bits>(bits / k_word);
  for (const auto hash : hashes) (*made)[(hash & (bits - 1)) / k_word] |= std::uint64_t{1} << (hash % k_word);
  const std::lock_guard lock(mutex_);
  known_.insert_or_assign(name, std::move(made));
  return {};
}

void KeyFilters::answer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  // Whoever runs this has loaded it.
  const auto loaded = duckdb_api();
  if (!loaded) return;
  const auto& api = **loaded;
  const idx_t size = api.data_chunk_get_size(input);
  if (size == 0) return;
  auto* names = static_cast<duckdb_string_t*>(api.vector_get_data(api.data_chunk_get_vector(input, 0)));
  const auto* hashes = static_cast<const std::uint64_t*>(api.vector_get_data(api.data_chunk_get_vector(input, 1)));
  auto* among = static_cast<bool*>(api.vector_get_data(output));
  auto& self = *static_cast<KeyFilters*>(api.scalar_function_get_extra_info(info));
  // The name is written into the query, so that it is the same for all rows of a chunk.
  const auto bits = self.bits_of({api.string_t_data(names), api.string_t_length(*names)});
  if (!bits) return api.scalar_function_set_error(info, "the keys are not known");
  const std::uint64_t mask = bits->size() * k_word - 1;
  for (idx_t i = 0; i < size; ++i) among[i] = (((*bits)[(hashes[i] & mask) / k_word] >> (hashes[i] % k_word)) & 1) != 0;
}

std::shared_ptr<const KeyFilters::Bits> KeyFilters::bits_of(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  return found == known_.end() ? nullptr : found->second;
}

}  // namespace matview::engine
