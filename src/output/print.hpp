#pragma once

#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "matview/row_stream.hpp"
#include "output/format.hpp"
#include "output/sink.hpp"

namespace matview::output {

// Printers of results. Each writes one whole result in the format asked for and flushes the sink; nothing at all under
// `quiet`. `fields` picks and orders the keys (of JSON, jsonl, CSV, and as columns of a table); empty means all, or the
// table's own columns. Text is stripped of control characters in tables, exact in the other formats.

/// What could not be told: a view, or, without one, a whole profile. In a JSON document it stands below "errors", in
/// jsonl it is an event; where people read, who calls tells of it.
struct Failure {
  std::string profile;
  std::string view;
  Error error;
};
using Failures = std::vector<Failure>;

/// Which columns a table of views has.
enum class ViewTable {
  list,    ///< what there is
  status,  ///< how it is doing
};

Result<void> print_views(Sink& sink, const std::vector<View>& views, Format format, const Style& style,
                         const std::vector<std::string>& fields = {}, ViewTable table = ViewTable::list,
                         const Failures& failures = {});

/// One view with everything that is known of it, for `show`.
Result<void> print_view_details(Sink& sink, const View& view, Format format, const Style& style);

/// What -o name prints of a job: the view it is of, or its own id, by which it is waited for.
enum class JobName { view, id };

/// Outcomes of a run, one job a view. The table has ids while there are jobs that go on or whose end nobody told.
/// Verifications that belong to it stand below the table, and in a JSON document beside the jobs.
Result<void> print_jobs(Sink& sink, const std::vector<Job>& jobs, Format format, const Style& style,
                        const std::vector<std::string>& fields = {}, JobName name = JobName::view,
                        const std::vector<Verification>* verifications = nullptr);

/// Past jobs, newest first.
Result<void> print_history(Sink& sink, const std::vector<Job>& jobs, Format format, const Style& style,
                           const std::vector<std::string>& fields = {});

Result<void> print_verifications(Sink& sink, const std::vector<Verification>& verifications, Format format,
                                 const Style& style, const Failures& failures = {});

/// How a view would be refreshed. `sql` shows the SQL of its changes in tables too; other formats always have it.
Result<void> print_explanation(Sink& sink, const Explanation& explanation, bool sql, Format format, const Style& style);

Result<void> print_gc(Sink& sink, const GcReport& report, bool dry_run, Format format, const Style& style);
Result<void> print_plans(Sink& sink, const std::vector<Plan>& plans, Format format, const Style& style,
                         const Failures& failures = {});
/// The requests of plans as a shell script. `unsupported` where there are none.
Result<void> print_curl(Sink& sink, const std::vector<Plan>& plans, const Style& style);
Result<void> print_checks(Sink& sink, const std::vector<Check>& checks, Format format, const Style& style);

/// One configured value and where it came from. Secrets are masked by who fills this.
struct SettingRow {
  std::string key;
  std::string value;
  std::string origin;  ///< "file:line", "environment NAME", "flag --x", "default"
};

struct ProfileRow {
  std::string name;
  std::string provider;
  bool is_default = false;
  std::string origin;  ///< where the profile is defined
  std::vector<SettingRow> settings;
};

/// `profile list`.
Result<void> print_profiles(Sink& sink, const std::vector<ProfileRow>& profiles, Format format, const Style& style);

/// `profile show`: one line a setting.
Result<void> print_profile(Sink& sink, const ProfileRow& profile, Format format, const Style& style);

/// Rows of a query as they come; no more than a window of rows is held. JSON is one document, {"schema_version",
/// "columns", "rows"}, jsonl one object a row; a column name that occurs again gets "_1", "_2", … there. Returns early,
/// with success, once the reader has gone. The error of the stream is passed on; what was written until then stays.
Result<void> print_rows(Sink& sink, RowStream& rows, Format format, const Style& style);

}  // namespace matview::output
