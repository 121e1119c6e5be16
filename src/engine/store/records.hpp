#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/job.hpp"
#include "matview/time.hpp"

namespace matview::engine {

/// A column of a view as it is stored. `type` is what the query returns, spelt by DuckDB; `storage_type` is the
/// DuckDB type of the Parquet column. Where the two differ, a cast each way keeps every value (see types.hpp).
struct StoredColumn {
  std::string name;
  std::string type;
  std::string storage_type;
  bool operator==(const StoredColumn&) const = default;
};

/// One source of a definition, as resolved and pinned at `create`. `pinned` is JSON that only the source's own
/// kind understands (see sources/source.hpp).
struct PinnedSource {
  std::string name;  ///< as the user wrote it
  std::string kind;  ///< files, duckdb, ducklake, view
  std::string pinned;
  bool operator==(const PinnedSource&) const = default;
};

/// Identity of one external file at the time it was read. Two equal records are the same content as far as a
/// file system can tell.
struct FileState {
  std::string path;  ///< absolute
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  bool operator==(const FileState&) const = default;
};

/// A file whose ctime was moved by giving or taking a name of it, which changes nothing else.
struct FileTouch {
  FileState before;
  std::int64_t ctime_ns = 0;  ///< now
};

/// What a source was like when it was looked at.
struct SourceState {
  std::string source;                   ///< PinnedSource::name
  std::vector<FileState> files;         ///< sorted by path; for files and duckdb
  std::optional<std::int64_t> version;  ///< for a view: its version; for ducklake: the snapshot id
  std::string object_id;  ///< for a view: its view_id; for ducklake: the table's uuid. A recreated one differs
  bool operator==(const SourceState&) const = default;
};

/// The states of all sources of a view at one refresh, in the order of its PinnedSources.
using SourceVector = std::vector<SourceState>;

/// A stored version of a view. Versions of a view count 1, 2, 3, …; a number is never used again.
struct VersionRecord {
  std::int64_t version = 0;
  std::int64_t snapshot_id = 0;  ///< the DuckLake snapshot that made it
  Time committed_at;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string mode;
  std::string reason;
  std::string job_id;
  std::string fingerprint;  ///< of the definition and settings it was computed with
  std::vector<StoredColumn> columns;
};

/// Retention of versions. The current version is always kept.
struct Retention {
  std::int64_t versions = 10;       ///< at most so many, the current one included
  std::optional<Duration> max_age;  ///< and none that was superseded longer ago than this
};

/// A definition. Immutable but for `replace`, which raises `definition_version`.
struct ViewDefinition {
  std::string name;
  std::string kind = "query";
  std::string sql;                       ///< as the user wrote it
  std::string base_dir;                  ///< absolute; relative paths of `sql` count from here
  std::vector<std::string> attachments;  ///< "alias=path" with absolute path, as given by --attach
  std::vector<PinnedSource> sources;
  std::vector<StoredColumn> columns;    ///< of the next refresh; `VersionRecord::columns` has those of the stored rows
  std::vector<std::string> depends_on;  ///< names of upstream views, each once
  std::vector<std::string> tags;
  /// Functions whose result differs between two refreshes over equal sources: now(), random(), …
  std::vector<std::string> unstable_functions;
  std::string refresh_mode = "auto";  ///< auto, incremental, strict, full
  std::string keep_sources = "link";  ///< link, copy, off
  std::string schedule;               ///< when refreshes are due, in cron's five fields and `time_zone`; empty: never
  bool auto_refresh = false;          ///< refreshes itself when its sources have changed enough
  /// How a change is computed, as JSON (see ivm/plan.hpp); empty: only in full. Only for create and replace: it is read
  /// back by Store::plan, since lists of views have no use for it.
  std::string plan;
  std::string program;      ///< of kinds udtf and chunker, as JSON (see udtf/program.hpp)
  std::string time_zone;    ///< IANA name the query runs with, and that the schedule is told in
  std::string fingerprint;  ///< hash of all that decides the result but for the data
  Retention retention;
};

/// How unattended refreshes of a view have gone, and whether there are to be more.
struct ScheduleRecord {
  /// When the newest refresh that succeeded began, one that found nothing to do included; empty if none has since the
  /// definition was made.
  std::optional<Time> succeeded_at;
  std::int64_t failures = 0;         ///< unattended refreshes that failed since anything succeeded or it was resumed
  std::optional<Time> suspended_at;  ///< empty: it is not suspended
  std::string suspended_reason;      ///< by whom, or after which failures
};

struct ViewRecord {
  std::int64_t view_id = 0;  ///< never used again, not even after drop
  std::int64_t definition_version = 1;
  ViewDefinition definition;
  Time created_at;
  std::optional<VersionRecord> current;  ///< empty until the first refresh
  std::optional<Job> last_job;           ///< the newest, whatever came of it
  ScheduleRecord schedule;
};

/// Min, max and counts of one column of one file, as Parquet's footer has them; nested columns have one for each leaf.
struct ColumnStats {
  std::vector<std::string> path;  ///< column name, then field names ("element", "key", "value" for lists and maps)
  std::int64_t column_size_bytes = 0;
  std::int64_t value_count = 0;
  std::optional<std::int64_t> null_count;
  std::optional<std::string> min;  ///< DuckLake's text form
  std::optional<std::string> max;
  std::optional<bool> contains_nan;
};

/// The field id of a column in DuckLake and in its Parquet files, with those of what is nested in it.
struct FieldId {
  std::int64_t id = 0;
  std::string name;
  std::vector<FieldId> children;
  bool operator==(const FieldId& other) const {
    return id == other.id && name == other.name && children == other.children;
  }
};

/// A Parquet file that was written, fsynced and measured, ready to be committed.
struct NewDataFile {
  std::string path;  ///< relative to the view's data directory
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::int64_t footer_size = 0;
  std::string checksum;  ///< XXH3-128, hexadecimal
  std::vector<ColumnStats> columns;
};

/// A file of row positions that are gone from one data file, in DuckLake's form (file_path, pos; of private state: pos
/// alone), written, fsynced and measured. It names all positions that are gone, those of the delete file before it
/// included.
struct NewDeleteFile {
  std::int64_t data_file_id = 0;
  std::string path;       ///< relative to the data file's directory
  std::int64_t rows = 0;  ///< positions
  std::int64_t bytes = 0;
  std::int64_t footer_size = 0;
  std::string checksum;
};

/// How a stored relation goes on from its current files.
struct RelationChange {
  std::vector<StoredColumn> columns;
  bool replaces = true;  ///< `files` are all there is; else they and `deletes` come to the current files
  std::vector<NewDataFile> files;
  std::vector<NewDeleteFile> deletes;
};

/// A source file kept so that its rows can still be told once it was replaced or removed.
struct RetainedFile {
  FileState original;  ///< as it was read
  std::string path;    ///< of what is kept, relative to the store; empty if that is the checksum alone
  bool copied = false;
  std::string checksum = {};  ///< XXH3-128 of the content; empty if that was too large to be read for it
};

/// The positions that are gone from a data file as of a version.
struct DeleteFile {
  std::string path;  ///< absolute
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string checksum;
  FileState recorded;
};

/// A data file of a committed version.
struct DataFile {
  std::int64_t data_file_id = 0;
  std::string path;  ///< absolute
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string checksum;
  FileState recorded;  ///< what stat said at commit: while it still does, the checksum need not be computed again
  std::optional<DeleteFile> deletes;
};

/// A private relation of an incremental view, as of its current version: what a block of its definition keeps.
struct StateRelation {
  std::vector<StoredColumn> columns;
  std::vector<DataFile> files;
};

}  // namespace matview::engine
