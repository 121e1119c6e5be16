#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/environment.hpp"
#include "matview/provider.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// Everything a refresh publishes, at once.
struct RefreshCommit {
  std::int64_t view_id = 0;
  std::int64_t definition_version = 0;       ///< the one that was computed; a newer one in the catalog is a conflict
  std::optional<std::int64_t> base_version;  ///< the newest version when the refresh began; compare and swap
  std::vector<StoredColumn> columns;
  std::vector<FieldId> field_ids;  ///< what Store::field_ids said and the files were written with
  bool replaces = true;            ///< `files` replace all current files; else they and `deletes` come to them
  std::vector<NewDataFile> files;
  std::vector<NewDeleteFile> deletes;
  std::map<std::int64_t, RelationChange> state;  ///< by number of the relation; one that is not named stays
  bool keeps_state = false;                      ///< false: the view has no state from now on but what `state` brings
  std::vector<RetainedFile> retained;            ///< all that the next refresh may need; others of this view go
  SourceVector sources;
  std::string fingerprint;
  Job job;  ///< succeeded; `version` is filled in by the commit
};

/// Exclusive right to change one view, held by flock: the kernel releases it when the holder dies.
class ViewLock {
 public:
  virtual ~ViewLock() = default;
};

/// Keeps the files of the versions a reader has resolved from being removed by any process, for its life.
class ReadPin {
 public:
  virtual ~ReadPin() = default;
};

/// One version of one view, held open for reading.
struct PinnedVersion {
  ViewRecord view;
  VersionRecord version;
  std::vector<DataFile> files;
  std::shared_ptr<ReadPin> pin;
};

/// A store: a directory with a DuckLake 1.0 catalog in SQLite (`catalog.sqlite`), Parquet files below `data/`,
/// `state/`, `locks/` and `tmp/`. Our own tables are `matview_*`, beside DuckLake's and never inside.
///
/// Every call opens one transaction and leaves none open: a call that fails has changed nothing. Readers never wait
/// for writers. Safe to use from several processes; one Store object belongs to one thread at a time.
/// Errors: `locked` with the holder's pid and start, `conflict` if the catalog has moved on, `not_found`, and `failed`
/// with the system's reason for I/O trouble (disk full, read-only, corrupt catalog), naming the file.
class Store {
 public:
  enum class Access { read, write };

  /// Opens the store at `root`. With `write` it is made first if it is not there; with `read` a missing store is an
  /// empty one and nothing is created. Works on a read-only file system for reading.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& root, Access access,
                                             const Environment& environment);
  virtual ~Store() = default;

  virtual const std::filesystem::path& root() const = 0;

  // --- reading
  virtual Result<std::vector<ViewRecord>> views() = 0;  ///< by name
  virtual Result<std::optional<ViewRecord>> find_view(std::string_view name) = 0;
  virtual Result<std::vector<VersionRecord>> versions(std::int64_t view_id) = 0;  ///< newest first
  virtual Result<SourceVector> sources_of(std::int64_t view_id, std::int64_t version) = 0;
  virtual Result<std::vector<Job>> jobs(std::int64_t view_id, std::int64_t limit) = 0;  ///< newest first
  virtual Result<std::optional<Job>> find_job(std::string_view id) = 0;

  /// ViewDefinition::plan as it was created or replaced; empty where there is none.
  virtual Result<std::string> plan(std::int64_t view_id) = 0;

  /// By the clock of its environment.
  virtual Time now() const = 0;

  /// Gives a view another plan for the same definition. What the old one kept is of no use to it and goes.
  virtual Result<void> set_plan(std::int64_t view_id, const std::string& plan) = 0;

  /// State relations of the current version by number. Only the holder of the view's lock can rely on their files.
  virtual Result<std::map<std::int64_t, StateRelation>> state(std::int64_t view_id) = 0;

  /// Source files that were kept for the next refresh.
  virtual Result<std::vector<RetainedFile>> retained(std::int64_t view_id) = 0;

  /// The version (the newest if empty) of a view with its files, safe from `gc` until the pin goes.
  /// `not_found` names the versions there are.
  virtual Result<PinnedVersion> pin(std::string_view name, std::optional<std::int64_t> version) = 0;

  // --- changing
  virtual Result<ViewRecord> create_view(const ViewDefinition& definition) = 0;  ///< `conflict` if the name is taken
  virtual Result<ViewRecord> replace_definition(std::int64_t view_id, const ViewDefinition& definition) = 0;
  virtual Result<void> drop_view(std::int64_t view_id) = 0;

  /// The field ids that a commit with these columns will use and its Parquet files must carry. They stay what they are
  /// for as long as the caller holds the view's lock.
  virtual Result<std::vector<FieldId>> field_ids(std::int64_t view_id, const std::vector<StoredColumn>& columns) = 0;

  /// Takes the view's lock or answers `locked` at once.
  virtual Result<std::unique_ptr<ViewLock>> lock_view(std::int64_t view_id) = 0;

  /// Whether a live process holds the view's lock now. Takes nothing, so it disturbs nobody.
  virtual bool is_locked(std::int64_t view_id) = 0;

  /// Absolute directory for new files of a view; made if missing. Only the holder of the view's lock writes there.
  virtual Result<std::filesystem::path> data_directory(std::int64_t view_id) = 0;

  /// The same for files of its state relations.
  virtual Result<std::filesystem::path> state_directory(std::int64_t view_id) = 0;

  /// A directory of this process below `tmp/` for spilling, removed when the handle goes; `gc` removes those of the
  /// dead. Where there is no store it is one of the system's.
  virtual Result<std::shared_ptr<std::filesystem::path>> temporary_directory() = 0;

  /// Records a job that starts, ends without a commit (`failed`, `cancelled`, `no_data`) or changes. In the same
  /// transaction failures of unattended jobs are counted, and the view suspended with what reads from it when there
  /// were too many (see suspension.hpp).
  virtual Result<void> record_job(std::int64_t view_id, const Job& job) = 0;

  /// Takes a view out of unattended refreshes for `reason`, and back; resuming it resumes what was suspended with it.
  /// Idempotent: the reason of a view that is suspended already stays.
  virtual Result<ViewRecord> suspend(std::int64_t view_id, const std::string& reason) = 0;
  virtual Result<ViewRecord> resume(std::int64_t view_id) = 0;

  /// The one commit point: snapshot, files, statistics, source states and job in one transaction. Applies retention:
  /// expired versions leave the catalog and their files are scheduled for deletion in the same transaction, as are
  /// files of state and retained files that are of no use from now on. A commit that neither replaces nor brings nor
  /// takes rows makes no version: state, retained files, source states and job become those of the current one, which
  /// is the answer.
  virtual Result<VersionRecord> commit_refresh(const RefreshCommit& commit) = 0;

  /// A refresh that found the same content in touched files: records the new source states for the current version,
  /// so that the next look is cheap. Makes no version.
  virtual Result<void> update_sources(std::int64_t view_id, std::int64_t version, const SourceVector& sources) = 0;

  /// Files that were given or have lost a name: where they are on record as read, with that very ctime, they are so
  /// with the new one.
  virtual Result<void> note_touches(const std::vector<FileTouch>& touches) = 0;

  /// Removes expired versions, scheduled files nobody has pinned, and orphans no live process can own; for all views
  /// or one. Views that are locked are left alone and reported under `kept`.
  virtual Result<GcReport> collect_garbage(std::optional<std::int64_t> view_id, const GcRequest& request) = 0;

  /// Checks integrity: catalog, every data file's presence and size, and with `deep` its checksum.
  virtual Result<std::vector<Check>> check(bool deep) = 0;
};

/// Verifies that a data file and its delete file are those that were committed: size, and checksum unless stat is
/// unchanged since.
/// `failed`, naming the file and what is wrong with it.
Result<void> verify_data_file(const DataFile& file);

/// Space that kept source files take. A link takes none while the file is still where it was read.
struct KeptSpace {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};
KeptSpace space_of(const std::vector<RetainedFile>& files, const std::filesystem::path& store_root);

/// The value of the option FIELD_IDS of DuckDB's COPY: "{'a': 1, 's': {'__duckdb_field_id': 2, 'x': 3}}".
std::string field_ids_sql(const std::vector<FieldId>& fields);

}  // namespace matview::engine
