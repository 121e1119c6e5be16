#include "engine/store/state_rows.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

/// The state of a written file; `failed` if it is no longer as it was written.
Result<FileState> measured_state(const fs::path& path, std::int64_t bytes) {
  MATVIEW_ASSIGN(FileState state, state_of(path));
  if (state.size != bytes) return fail(ErrorCode::failed, "the file '" + state.path + "' changed after it was written");
  return state;
}

}  // namespace

Result<MeasuredRelation> measure(const fs::path& directory, const RelationChange& change) {
  MeasuredRelation measured{change.columns, change.replaces, {}, {}};
  for (const NewDataFile& file : change.files) {
    MATVIEW_ASSIGN(FileState state, measured_state(directory / file.path, file.bytes));
    measured.files.push_back({file, std::move(state)});
  }
  for (const NewDeleteFile& file : change.deletes) {
    FileState state;
    // One that leaves no row needs no file: its data file goes.
    if (!file.path.empty()) {
      MATVIEW_ASSIGN(state, measured_state(directory / file.path, file.bytes));
    }
    measured.deletes.push_back({file, std::move(state)});
  }
  return measured;
}

}  // namespace matview::engine
