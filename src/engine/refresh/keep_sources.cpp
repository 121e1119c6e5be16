#include "engine/refresh/keep_sources.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/sources/extract.hpp"
#include "engine/store/paths.hpp"
#include "support/copy.hpp"
#include "support/failpoint.hpp"
#include "support/file.hpp"
#include "support/uuid.hpp"

namespace matview::engine {

namespace fs = std::filesystem;

namespace {

// A source that is written without a pause is read all the same; it has no history then.
constexpr int k_looks = 3;

// Programs that write small files mostly write over what is there, as an editor or a shell's > does.
constexpr std::int64_t k_small_file = std::int64_t{1} << 20;

/// Removes a directory of kept files; the files they are links of live on.
void remove_kept(Store& store, const fs::path& directory) {
  std::vector<FileTouch> touches;
  std::error_code failed;
  for (fs::recursive_directory_iterator each(directory, failed), end; !failed && each != end; each.increment(failed)) {
    if (each->is_directory(failed)) continue;
    const auto status = support::status_of(each->path());
    const auto left = support::unlink_file(each->path());
    if (!status || !*status || !left || !*left) continue;
    const auto& was = **status;
    touches.push_back(
        {{each->path().string(), was.size, was.mtime_ns, (*left)->before, was.inode, was.device}, (*left)->after});
  }
  fs::remove_all(directory, failed);
  fs::remove(directory.parent_path(), failed);
  (void)store.note_touches(touches);
}

}  // namespace

KeptSources::KeptSources(Store& store, KeptFiles files, fs::path directory)
    : store_(&store), files_(std::move(files)), directory_(std::move(directory)) {}

KeptSources::KeptSources(KeptSources&& other) noexcept
    : store_(other.store_), files_(std::move(other.files_)), directory_(std::exchange(other.directory_, {})) {}

KeptSources::~KeptSources() {
  if (!directory_.empty()) remove_kept(*store_, store_->root() / directory_);
}

std::vector<std::string> KeptSources::confirm() { return confirm_read(files_); }

void KeptSources::extract(Database& database, const ViewDefinition& definition, const SourceReads& reads,
                          const UpstreamLookup& upstream, std::int64_t limit) {
  std::ignore = write_extracts(database, definition, reads, upstream, {store_->root(), directory_, limit}, files_);
}

Result<KeptSources> keep_sources(const EngineContext& context, const ViewRecord& view, const SourceVector& recorded,
                                 const SourceVector& observed, const SourceReads& reads) {
  const auto& definition = view.definition;
  auto& store = context.store;
  if (reads.key.empty()) return KeptSources(store, {observed}, {});
  const auto held = context.sources.hold();
  MATVIEW_ASSIGN(const auto before, store.retained(view.view_id));
  auto sources = observed;
  for (int look = 1;; ++look) {
    const auto directory = StorePaths{}.sources(view.view_id) / support::uuid_v7(context.environment);
    auto files =
        keep_files(definition, sources, before,
                   {definition.keep_sources, context.keep_sources_limit, store.root(), directory,
                    std::min(k_small_file, context.keep_sources_limit), recorded, reads.key,
                    [&](const FileState& file, std::int64_t size) { return context.sources.growth_of(file, size); }});
    const auto touched = files.touched;
    const bool again = files.restless && look < k_looks;
    KeptSources kept(store, std::move(files), directory);
    context.sources.note_touches(touched);
    MATVIEW_TRY(support::failpoint("keep.after_files"));
    MATVIEW_TRY(store.note_touches(touched));
    if (!again) return kept;
    context.sources.look_again();
    MATVIEW_ASSIGN(sources, context.sources.observe(definition));
  }
}

}  // namespace matview::engine
