#include "engine/refresh/block_state.hpp"

#include "engine/duckdb/types.hpp"
#include "engine/ivm/maintenance.hpp"
#include "engine/ivm/tree.hpp"

namespace matview::engine {

namespace {

/// What was written, as the rest of the plan reads it.
StateRelation readable(const RelationChange& written, const std::filesystem::path& directory) {
  StateRelation relation;
  relation.columns = written.columns;
  for (const auto& file : written.files) {
    DataFile readable_file;
    readable_file.path = (directory / file.path).string();
    readable_file.rows = file.rows;
    relation.files.push_back(std::move(readable_file));
  }
  return relation;
}

}  // namespace

Result<StateRelations> read_state(Store& store, std::int64_t view_id) {
  MATVIEW_ASSIGN(auto stored, store.state(view_id));
  StateRelations state;
  for (auto& [relation, found] : stored) {
    for (const auto& file : found.files)
      if (const auto sound = verify_data_file(file); !sound)
        return fail(ivm::refusal("STATE_MISSING", sound.error().message));
    state.emplace(relation - relation_of_block(0), std::move(found));
  }
  return state;
}

std::int64_t bytes_of_file_partials(const ivm::Plan& plan, const std::map<std::int64_t, RelationChange>& state) {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < plan.blocks.size(); ++i) {
    const auto found = state.find(relation_of_block(static_cast<std::int64_t>(i)));
    if (!plan.blocks[i].traced || plan.blocks[i].kind != ivm::Block::Kind::groups || found == state.end()) continue;
    for (const auto& file : found->second.files) bytes += file.bytes;
  }
  return bytes;
}

Result<std::string> write_initial_state(Writing& writing, const ivm::Plan& plan, const SourceChanges& changes,
                                        std::map<std::int64_t, RelationChange>& made) {
  StateRelations state;
  const ivm::Maintenance maintenance(writing.database, plan, changes, state, writing.control, writing.view);
  for (std::int64_t block = 0; block < static_cast<std::int64_t>(plan.blocks.size()); ++block) {
    const auto initial = maintenance.initial_state(block);
    if (!initial) continue;
    auto applied = apply_state(writing, *initial, {});
    if (!applied && is_hugeint_overflow(applied.error())) {
      made.clear();
      return std::string();
    }
    if (!applied) return fail(std::move(applied).error());
    state.emplace(block, readable(*applied, writing.state.directory()));
    made.emplace(relation_of_block(block), *std::move(applied));
  }
  return state.empty() && !plan.settles() ? std::string() : maintenance.view_rows();
}

}  // namespace matview::engine
