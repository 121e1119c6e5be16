#include "output/values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output/requests.hpp"
#include "support/edit_distance.hpp"
#include "support/members.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::output {

namespace {

using support::array_of;
using support::text_or_null;

Value value_or_null(const std::optional<std::int64_t>& number) { return number ? Value(*number) : Value(); }

Value value_or_null(const std::optional<Time>& time) { return time ? Value(support::format_rfc3339(*time)) : Value(); }

Value value_or_null(const std::optional<Duration>& duration) { return duration ? seconds_value(*duration) : Value(); }

template <typename T>
Value values(const std::vector<T>& items) {
  Value::Array array;
  array.reserve(items.size());
  for (const auto& item : items) array.push_back(to_value(item));
  return array;
}

Value rows(const std::vector<Column>& columns, const std::vector<RowStream::Row>& samples) {
  Value::Array array;
  for (const auto& sample : samples) {
    Value::Object row;
    for (std::size_t i = 0; i < columns.size() && i < sample.size(); ++i) row.emplace_back(columns[i].name, sample[i]);
    array.emplace_back(std::move(row));
  }
  return array;
}

std::vector<std::string> keys_of(const Value& document) {
  std::vector<std::string> keys;
  for (const auto& member : *document.if_object()) keys.push_back(member.first);
  return keys;
}

}  // namespace

Value seconds_value(Duration duration) {
  const auto count = duration.count();
  const auto magnitude = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  auto text = fmt::format("{}{}.{:06}", count < 0 ? "-" : "", magnitude / 1'000'000, magnitude % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text += '0';
  return Value::Number{std::move(text)};
}

Value to_value(const Error& error) {
  return Value::Object{
      {"code", symbol(error.code)},
      {"exit_code", exit_code(error.code)},
      {"message", error.message},
      {"hint", text_or_null(error.hint)},
      {"provider", text_or_null(error.provider)},
      {"profile", text_or_null(error.profile)},
      {"http_status", error.http_status ? Value(*error.http_status) : Value()},
      {"request_id", text_or_null(error.request_id)},
      {"retryable", error.retryable},
  };
}

Value to_value(const Job& job) {
  return Value::Object{
      {"id", text_or_null(job.id)},
      {"view", text_or_null(job.view)},
      {"profile", text_or_null(job.profile)},
      {"provider", text_or_null(job.provider)},
      {"operation", text_or_null(job.operation)},
      {"state", to_string(job.state)},
      {"mode", text_or_null(job.mode)},
      {"reason", text_or_null(job.reason)},
      {"submitted_at", value_or_null(job.submitted_at)},
      {"started_at", value_or_null(job.started_at)},
      {"finished_at", value_or_null(job.finished_at)},
      {"elapsed_seconds", value_or_null(job.elapsed)},
      {"rows_total", value_or_null(job.rows_total)},
      {"rows_added", value_or_null(job.rows_added)},
      {"rows_removed", value_or_null(job.rows_removed)},
      {"version", value_or_null(job.version)},
      {"error", job.error ? to_value(*job.error) : Value()},
      {"native", job.native},
  };
}

Value to_value(const Source& source) {
  return Value::Object{
      {"name", source.name},
      {"kind", text_or_null(source.kind)},
      {"files", value_or_null(source.files)},
      {"bytes", value_or_null(source.bytes)},
      {"version", value_or_null(source.version)},
      {"change", text_or_null(source.change)},
  };
}

Value to_value(const Column& column) {
  return Value::Object{{"name", column.name}, {"type", text_or_null(column.type)}};
}

Value to_value(const Version& version) {
  return Value::Object{
      {"version", version.version},          {"created_at", support::format_rfc3339(version.created_at)},
      {"rows", value_or_null(version.rows)}, {"bytes", value_or_null(version.bytes)},
      {"mode", text_or_null(version.mode)},  {"job", text_or_null(version.job_id)},
  };
}

Value to_value(const View& view) {
  return Value::Object{
      {"name", view.name},
      {"profile", text_or_null(view.profile)},
      {"provider", text_or_null(view.provider)},
      {"kind", text_or_null(view.kind)},
      {"freshness", to_string(view.freshness)},
      {"state", to_string(view.state)},
      {"version", value_or_null(view.version)},
      {"rows", value_or_null(view.rows)},
      {"bytes", value_or_null(view.bytes)},
      {"created_at", value_or_null(view.created_at)},
      {"refreshed_at", value_or_null(view.refreshed_at)},
      {"refresh_mode", text_or_null(view.refresh_mode)},
      {"refresh_reason", text_or_null(view.refresh_reason)},
      {"schedule", text_or_null(view.schedule)},
      {"auto_refresh", view.auto_refresh ? Value(*view.auto_refresh) : Value()},
      {"sources", values(view.sources)},
      {"depends_on", array_of(view.depends_on)},
      {"tags", array_of(view.tags)},
      {"last_job", view.last_job ? to_value(*view.last_job) : Value()},
      {"definition", text_or_null(view.definition)},
      {"native", view.native},
      // What came later stands behind, so that the columns of CSV stay where they are.
      {"suspended", view.suspended ? Value(*view.suspended) : Value()},
      {"suspended_reason", text_or_null(view.suspended_reason)},
      {"next_refresh_at", value_or_null(view.next_refresh_at)},
      {"due", view.due},
  };
}

Value to_detailed_value(const View& view) {
  Value document = to_value(view);
  document.set("freshness_reason", text_or_null(view.freshness_reason));
  document.set("downstream", array_of(view.downstream));
  document.set("columns", values(view.columns));
  document.set("versions", values(view.versions));
  return document;
}

Value to_value(const Verification& verification) {
  return Value::Object{
      {"view", verification.view},
      {"version", verification.version},
      {"equal", verification.equal},
      {"rows_stored", verification.rows_stored},
      {"rows_missing", verification.rows_missing},
      {"rows_extra", verification.rows_extra},
      {"columns", values(verification.columns)},
      {"missing_sample", rows(verification.columns, verification.missing_sample)},
      {"extra_sample", rows(verification.columns, verification.extra_sample)},
      {"profile", text_or_null(verification.profile)},
  };
}

Value to_value(const Technique& technique) {
  return Value::Object{
      {"block", text_or_null(technique.block)}, {"name", technique.name},
      {"applicable", technique.applicable},     {"chosen", technique.chosen},
      {"code", text_or_null(technique.code)},   {"reason", text_or_null(technique.reason)},
      {"sql", text_or_null(technique.sql)},
  };
}

Value to_value(const Explanation& explanation) {
  return Value::Object{
      {"view", text_or_null(explanation.view)},
      {"refresh_mode", text_or_null(explanation.refresh_mode)},
      {"action", text_or_null(explanation.action)},
      {"code", text_or_null(explanation.code)},
      {"reason", text_or_null(explanation.reason)},
      {"predicted_incremental_seconds", value_or_null(explanation.predicted_incremental)},
      {"predicted_full_seconds", value_or_null(explanation.predicted_full)},
      {"sources", values(explanation.sources)},
      {"techniques", values(explanation.techniques)},
      {"profile", text_or_null(explanation.profile)},
  };
}

Value to_value(const GcReport& report) {
  return Value::Object{
      {"versions_removed", report.versions_removed},
      {"files_removed", report.files_removed},
      {"bytes_removed", report.bytes_removed},
      {"files", array_of(report.files)},
      {"kept", array_of(report.kept)},
      {"source_files", report.source_files},
      {"source_bytes", report.source_bytes},
  };
}

Value to_value(const Plan& plan) {
  return Value::Object{
      {"operation", text_or_null(plan.operation)}, {"view", text_or_null(plan.view)},
      {"mode", text_or_null(plan.mode)},           {"reason", text_or_null(plan.reason)},
      {"sources", values(plan.sources)},           {"sql", text_or_null(plan.sql)},
      {"requests", values(plan.requests)},         {"native", plan.native},
      {"profile", text_or_null(plan.profile)},
  };
}

Value to_value(const Check& check) {
  const auto outcome = [&]() -> std::string_view {
    switch (check.outcome) {
      case Check::Outcome::ok: return "ok";
      case Check::Outcome::warning: return "warning";
      case Check::Outcome::failed: break;
    }
    return "failed";
  }();
  return Value::Object{
      {"name", check.name},
      {"outcome", outcome},
      {"message", text_or_null(check.message)},
      {"hint", text_or_null(check.hint)},
  };
}

const std::vector<std::string>& view_fields() {
  static const auto k_fields = keys_of(to_value(View{}));
  return k_fields;
}

const std::vector<std::string>& job_fields() {
  static const auto k_fields = keys_of(to_value(Job{}));
  return k_fields;
}

Result<void> check_fields(const std::vector<std::string>& fields, const std::vector<std::string>& known) {
  for (const auto& field : fields) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    const auto near = support::nearest(field, known);
    std::string hint = near ? fmt::format("did you mean '{}'? ", *near) : std::string();
    hint += fmt::format("the fields are: {}", support::join(known, ", "));
    return fail(Error(ErrorCode::usage, fmt::format("there is no field '{}'", support::strip_control(field)))
                    .with_hint(std::move(hint)));
  }
  return {};
}

}  // namespace matview::output
