#include "providers/external/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/external/reader.hpp"

namespace matview::providers::external {

namespace {

std::optional<Freshness> freshness_from(std::string_view word) {
  for (const auto freshness : {Freshness::fresh, Freshness::stale, Freshness::empty, Freshness::unknown})
    if (to_string(freshness) == word) return freshness;
  return std::nullopt;
}

std::optional<ViewState> view_state_from(std::string_view word) {
  for (const auto state : {ViewState::idle, ViewState::refreshing, ViewState::error})
    if (to_string(state) == word) return state;
  return std::nullopt;
}

std::optional<Check::Outcome> outcome_from(std::string_view word) {
  if (word == "ok") return Check::Outcome::ok;
  if (word == "warning") return Check::Outcome::warning;
  if (word == "failed") return Check::Outcome::failed;
  return std::nullopt;
}

Result<Source> read_source(const Value& document) {
  Reader reader(document, "a source");
  Source source;
  source.name = reader.needed_text("name");
  source.kind = reader.text("kind");
  source.files = reader.integer("files");
  source.bytes = reader.integer("bytes");
  source.version = reader.integer("version");
  source.change = reader.text("change");
  return reader.finish(std::move(source));
}

Result<Version> read_version(const Value& document) {
  Reader reader(document, "a version");
  Version version;
  version.version = reader.integer("version").value_or(0);
  const auto created = reader.time("created_at");
  if (created)
    version.created_at = *created;
  else
    reader.wrong("created_at", "it is missing");
  version.rows = reader.integer("rows");
  version.bytes = reader.integer("bytes");
  version.mode = reader.text("mode");
  version.job_id = reader.text("job");
  return reader.finish(std::move(version));
}

Result<Technique> read_technique(const Value& document) {
  Reader reader(document, "a technique");
  Technique technique;
  technique.block = reader.text("block");
  technique.name = reader.needed_text("name");
  technique.applicable = reader.flag("applicable");
  technique.chosen = reader.flag("chosen");
  technique.code = reader.text("code");
  technique.reason = reader.text("reason");
  technique.sql = reader.text("sql");
  return reader.finish(std::move(technique));
}

Result<HttpRequest> read_request(const Value& document) {
  Reader reader(document, "a request");
  HttpRequest request;
  request.purpose = reader.text("purpose");
  request.method = reader.needed_text("method");
  request.url = reader.needed_text("url");
  if (const auto* headers = reader.value("headers").if_object())
    for (const auto& [name, value] : *headers)
      if (const auto* text = value.if_string()) request.headers.add(name, *text);
  if (!reader.value("body").is_null()) request.body = reader.text("body");
  return reader.finish(std::move(request));
}

/// The rows of a sample: objects by column, as they are printed.
std::vector<RowStream::Row> read_sample(Reader& reader, std::string_view key, const std::vector<Column>& columns) {
  std::vector<RowStream::Row> rows;
  for (const auto& item : reader.items(key)) {
    if (item.if_object() == nullptr) reader.wrong(key, "a row of it is no object");
    RowStream::Row row;
    for (const auto& column : columns) row.push_back(item.at(column.name));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<Column> read_column(const Value& document) {
  Reader reader(document, "a column");
  Column column{reader.needed_text("name"), reader.text("type")};
  return reader.finish(std::move(column));
}

Result<Error> read_error(const Value& document) {
  Reader reader(document, "an error");
  Error error;
  // A code of a later version is a failure all the same.
  error.code = error_code_from(reader.text("code")).value_or(ErrorCode::failed);
  error.message = reader.needed_text("message");
  error.detail = reader.text("detail");
  error.hint = reader.text("hint");
  if (const auto status = reader.integer("http_status")) error.http_status = static_cast<int>(*status);
  error.request_id = reader.text("request_id");
  error.retryable = reader.flag("retryable");
  error.unanswered = reader.flag("unanswered");
  return reader.finish(std::move(error));
}

Result<Job> read_job(const Value& document) {
  Reader reader(document, "a job");
  Job job;
  job.id = reader.text("id");
  job.view = reader.text("view");
  if (auto operation = reader.text("operation"); !operation.empty()) job.operation = std::move(operation);
  job.state = reader.word("state", job_state_from).value_or(JobState::unknown);
  job.mode = reader.text("mode");
  job.reason = reader.text("reason");
  job.submitted_at = reader.time("submitted_at");
  job.started_at = reader.time("started_at");
  job.finished_at = reader.time("finished_at");
  job.elapsed = reader.seconds("elapsed_seconds");
  job.rows_total = reader.integer("rows_total");
  job.rows_added = reader.integer("rows_added");
  job.rows_removed = reader.integer("rows_removed");
  job.version = reader.integer("version");
  job.error = reader.part("error", read_error);
  job.native = reader.value("native");
  return reader.finish(std::move(job));
}

Result<View> read_view(const Value& document) {
  Reader reader(document, "a view");
  View view;
  view.name = reader.needed_text("name");
  if (auto kind = reader.text("kind"); !kind.empty()) view.kind = std::move(kind);
  view.freshness = reader.word("freshness", freshness_from).value_or(Freshness::unknown);
  view.freshness_reason = reader.text("freshness_reason");
  view.state = reader.word("state", view_state_from).value_or(ViewState::idle);
  view.version = reader.integer("version");
  view.rows = reader.integer("rows");
  view.bytes = reader.integer("bytes");
  view.created_at = reader.time("created_at");
  view.refreshed_at = reader.time("refreshed_at");
  view.refresh_mode = reader.text("refresh_mode");
  view.refresh_reason = reader.text("refresh_reason");
  view.schedule = reader.text("schedule");
  view.auto_refresh = reader.boolean("auto_refresh");
  view.suspended = reader.boolean("suspended");
  view.suspended_reason = reader.text("suspended_reason");
  view.next_refresh_at = reader.time("next_refresh_at");
  view.due = reader.flag("due");
  view.auto_due = reader.flag("auto_due");
  view.sources = reader.list("sources", read_source);
  view.depends_on = reader.texts("depends_on");
  view.downstream = reader.texts("downstream");
  view.tags = reader.texts("tags");
  view.last_job = reader.part("last_job", read_job);
  view.definition = reader.text("definition");
  view.columns = reader.list("columns", read_column);
  view.versions = reader.list("versions", read_version);
  view.native = reader.value("native");
  return reader.finish(std::move(view));
}

Result<Plan> read_plan(const Value& document) {
  Reader reader(document, "a plan");
  Plan plan;
  plan.operation = reader.text("operation");
  plan.view = reader.text("view");
  plan.mode = reader.text("mode");
  plan.reason = reader.text("reason");
  plan.sources = reader.list("sources", read_source);
  plan.sql = reader.text("sql");
  plan.requests = reader.list("requests", read_request);
  plan.native = reader.value("native");
  return reader.finish(std::move(plan));
}

Result<Verification> read_verification(const Value& document) {
  Reader reader(document, "a verification");
  Verification result;
  result.view = reader.text("view");
  result.version = reader.integer("version").value_or(0);
  const auto equal = reader.boolean("equal");
  if (!equal) reader.wrong("equal", "it is missing");
  result.equal = equal.value_or(false);
  result.rows_stored = reader.integer("rows_stored").value_or(0);
  result.rows_missing = reader.integer("rows_missing").value_or(0);
  result.rows_extra = reader.integer("rows_extra").value_or(0);
  result.columns = reader.list("columns", read_column);
  result.missing_sample = read_sample(reader, "missing_sample", result.columns);
  result.extra_sample = read_sample(reader, "extra_sample", result.columns);
  return reader.finish(std::move(result));
}

Result<Explanation> read_explanation(const Value& document) {
  Reader reader(document, "an explanation");
  Explanation result;
  result.view = reader.text("view");
  result.refresh_mode = reader.text("refresh_mode");
  result.action = reader.text("action");
  result.code = reader.text("code");
  result.reason = reader.text("reason");
  result.techniques = reader.list("techniques", read_technique);
  result.sources = reader.list("sources", read_source);
  result.predicted_incremental = reader.seconds("predicted_incremental_seconds");
  result.predicted_full = reader.seconds("predicted_full_seconds");
  return reader.finish(std::move(result));
}

Result<GcReport> read_gc_report(const Value& document) {
  Reader reader(document, "a gc report");
  GcReport report;
  report.versions_removed = reader.integer("versions_removed").value_or(0);
  report.files_removed = reader.integer("files_removed").value_or(0);
  report.bytes_removed = reader.integer("bytes_removed").value_or(0);
  report.files = reader.texts("files");
  report.kept = reader.texts("kept");
  report.source_files = reader.integer("source_files").value_or(0);
  report.source_bytes = reader.integer("source_bytes").value_or(0);
  return reader.finish(std::move(report));
}

Result<Check> read_check(const Value& document) {
  Reader reader(document, "a check");
  Check check;
  check.name = reader.needed_text("name");
  const auto outcome = reader.word("outcome", outcome_from);
  if (!outcome) reader.wrong("outcome", "it is missing");
  check.outcome = outcome.value_or(Check::Outcome::failed);
  check.message = reader.text("message");
  check.hint = reader.text("hint");
  check.code = error_code_from(reader.text("code")).value_or(ErrorCode::failed);
  return reader.finish(std::move(check));
}

Result<CreateRequest> read_definition(const Value& document) {
  Reader reader(document, "a definition");
  CreateRequest request;
  request.name = reader.needed_text("name");
  request.query = reader.text("query");
  if (auto kind = reader.text("kind"); !kind.empty()) request.kind = std::move(kind);
  request.with_data = reader.flag("with_data");
  request.tags = reader.texts("tags");
  const Value& options = reader.value("options");
  if (!options.is_null()) {
    Reader values(options, "the options of a definition");
    if (const auto* members = options.if_object())
      for (const auto& [name, value] : *members) request.options[name] = values.texts(name);
    MATVIEW_ASSIGN(request.options, values.finish(std::move(request.options)));
  }
  return reader.finish(std::move(request));
}

}  // namespace matview::providers::external
