#include <algorithm>

#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"
#include "output/values.hpp"

namespace matview::output {

namespace {

using support::Align;

std::string view_name(const Value& job, const Style& style) {
  return typed_name(plain_text(job.at("profile")), plain_text(job.at("view")), style);
}

RecordColumn name_column() {
  return {{"NAME", Align::left, 1, 16}, "view", false, [](const Value& job, const Style& style) {
            return Cell{support::strip_control(view_name(job, style)), Tone::plain};
          }};
}

/// `spare`: how soon the column is left out of a narrow terminal.
RecordColumn field(std::string header, std::string key, int spare = 0) {
  const auto align = is_numeric_field(key) ? Align::right : Align::left;
  return {{std::move(header), align, 0, 8, spare}, std::move(key), false, {}};
}

/// Only in the wide table; what matters least anywhere.
RecordColumn wide_field(std::string header, std::string key) {
  auto column = field(std::move(header), std::move(key), 9);
  column.wide = true;
  return column;
}

RecordColumn reason_column() {
  return {{"REASON", Align::left, 3, 12}, "reason", false, [](const Value& job, const Style& style) {
            const auto& error = job.at("error");
            if (!error.is_null()) return field_cell("error", error, style);
            // Why everything was computed is told rather than what had changed, where it was not asked for.
            const auto& native = job.at("native");
            if (const auto why = plain_text(native.at("code_reason")); !why.empty())
              return Cell{support::strip_control(plain_text(native.at("code")) + ": " + why)};
            return field_cell("reason", job.at("reason"), style);
          }};
}

Result<void> print(Sink& sink, const std::vector<Job>& jobs, std::vector<RecordColumn> columns,
                   std::function<std::string(const Value&, const Style&)> name, Format format, const Style& style,
                   const std::vector<std::string>& fields, Value::Object beside = {}) {
  Records records{"jobs", "job", {}, job_fields(), std::move(columns), std::move(name), std::move(beside)};
  records.documents.reserve(jobs.size());
  for (const auto& job : jobs) records.documents.push_back(to_value(job));
  return print_records(sink, records, format, style, fields);
}

/// When it began, or where nobody tells that, when it was asked for.
RecordColumn start_column() {
  auto column = field("STARTED", "started_at");
  column.cell = [](const Value& job, const Style& style) {
    const auto& started = job.at("started_at");
    return field_cell("started_at", started.is_null() ? job.at("submitted_at") : started, style);
  };
  return column;
}

/// A member of what only the backend knows; "cost.regret_seconds" is one of a member.
RecordColumn native_field(std::string header, const std::string& path) {
  const auto point = path.rfind('.');
  auto column = wide_field(std::move(header), path.substr(point == std::string::npos ? 0 : point + 1));
  column.cell = [path, key = column.key, point](const Value& job, const Style& style) {
    const auto& native = job.at("native");
    return field_cell(key, (point == std::string::npos ? native : native.at(path.substr(0, point))).at(key), style);
  };
  return column;
}

/// How a refresh was done and how well that was foreseen, as far as a backend tells.
std::vector<RecordColumn> how_columns() {
  auto predicted = native_field("PREDICTED", "cost.predicted_full_seconds");
  predicted.cell = [](const Value& job, const Style& style) {
    const auto* mode = job.at("mode").if_string();
    const auto* key = mode && *mode == "incremental" ? "predicted_incremental_seconds" : "predicted_full_seconds";
    return field_cell(key, job.at("native").at("cost").at(key), style);
  };
  return {native_field("CODE", "code"), native_field("TECHNIQUES", "techniques"), std::move(predicted),
          native_field("REGRET", "cost.regret_seconds")};
}

Value verification_list(const std::vector<Verification>& verifications) {
  Value::Array list;
  for (const auto& verification : verifications) list.push_back(to_value(verification));
  return list;
}

std::string job_id(const Value& job, const Style&) { return plain_text(job.at("id")); }

/// It goes on, or nobody told how it ended: the id is what one needs next.
bool is_open(const Job& job) {
  return !is_terminal(job.state) || job.state == JobState::submitted || job.state == JobState::unknown;
}

}  // namespace

Result<void> print_jobs(Sink& sink, const std::vector<Job>& jobs, Format format, const Style& style,
                        const std::vector<std::string>& fields, JobName name,
                        const std::vector<Verification>* verifications) {
  const bool open = name == JobName::id || std::any_of(jobs.begin(), jobs.end(), is_open);
  std::vector<RecordColumn> columns{
      name_column(),
      open ? field("JOB", "id") : wide_field("JOB", "id"),
      field("STATE", "state"),
      field("MODE", "mode"),
      field("ROWS", "rows_total"),
      field("ADDED", "rows_added", 1),
      field("REMOVED", "rows_removed", 2),
      field("VERSION", "version", 3),
      field("TOOK", "elapsed_seconds"),
      reason_column(),
      wide_field("STARTED", "started_at"),
      wide_field("FINISHED", "finished_at"),
      wide_field("PROVIDER", "provider"),
  };
  for (auto& column : how_columns()) columns.push_back(std::move(column));
  Value::Object beside;
  if (verifications) beside.emplace_back("verifications", verification_list(*verifications));
  MATVIEW_TRY(print(sink, jobs, std::move(columns), name == JobName::id ? job_id : view_name, format, style, fields,
                    std::move(beside)));
  // One CSV has one header, and names are names of views.
  if (!verifications || verifications->empty() || (format != Format::table && format != Format::wide)) return {};
  MATVIEW_TRY(print_text(sink, "\n", style));
  return print_verifications(sink, *verifications, format, style);
}

Result<void> print_history(Sink& sink, const std::vector<Job>& jobs, Format format, const Style& style,
                           const std::vector<std::string>& fields) {
  std::vector<RecordColumn> columns{
      name_column(),
      field("JOB", "id", 4),
      start_column(),
      field("TOOK", "elapsed_seconds"),
      wide_field("OPERATION", "operation"),
      field("STATE", "state"),
      field("MODE", "mode"),
      field("ROWS", "rows_total"),
      field("ADDED", "rows_added", 1),
      field("REMOVED", "rows_removed", 2),
      field("VERSION", "version", 3),
      reason_column(),
      wide_field("FINISHED", "finished_at"),
  };
  for (auto& column : how_columns()) columns.push_back(std::move(column));
  // All lines are of one view: what tells them apart, and what one would pass on, is the job's id.
  return print(sink, jobs, std::move(columns), job_id, format, style, fields);
}

}  // namespace matview::output
