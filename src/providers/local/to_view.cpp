#include "providers/local/to_view.hpp"

#include "engine/duckdb/types.hpp"
#include "engine/refresh/source_report.hpp"

namespace matview::providers {

namespace {

/// What only a DuckLake has, for those who read the store by other means.
Value native_of(const engine::ViewRecord& record) {
  Value native;
  native.set("base_dir", record.definition.base_dir);
  native.set("timezone", record.definition.time_zone);
  Value attachments = Value::array();
  for (const auto& attachment : record.definition.attachments) attachments.push(attachment);
  native.set("attachments", std::move(attachments));
  native.set("retain", record.definition.retention.versions);
  native.set("keep_sources", record.definition.keep_sources);
  native.set("failures", record.schedule.failures);
  if (record.current) native.set("snapshot_id", record.current->snapshot_id);
  Value storage = Value::object();
  const auto& columns = record.current ? record.current->columns : record.definition.columns;
  for (const auto& column : columns)
    if (!engine::is_stored_as_is(column)) storage.set(column.name, column.storage_type);
  native.set("storage_types", std::move(storage));
  return native;
}

}  // namespace

std::vector<Column> to_columns(const std::vector<engine::StoredColumn>& columns) {
  std::vector<Column> converted;
  converted.reserve(columns.size());
  for (const auto& column : columns) converted.push_back({column.name, column.type});
  return converted;
}

Version to_version(const engine::VersionRecord& record) {
  Version version;
  version.version = record.version;
  version.created_at = record.committed_at;
  version.rows = record.rows;
  version.bytes = record.bytes;
  version.mode = record.mode;
  version.job_id = record.job_id;
  return version;
}

View to_view(const engine::ViewRecord& record, const engine::FreshnessReport* report) {
  const auto& definition = record.definition;
  View view;
  view.name = definition.name;
  view.kind = definition.kind;
  view.created_at = record.created_at;
  view.definition = definition.sql;
  view.depends_on = definition.depends_on;
  view.tags = definition.tags;
  view.refresh_mode = definition.refresh_mode;
  view.columns = to_columns(definition.columns);
  view.last_job = record.last_job;
  view.schedule = definition.schedule;
  view.auto_refresh = definition.auto_refresh;
  view.suspended = record.schedule.suspended_at.has_value();
  view.suspended_reason = record.schedule.suspended_reason;
  if (record.last_job && record.last_job->state == JobState::failed) view.state = ViewState::error;
  if (record.last_job && record.last_job->state == JobState::running) view.state = ViewState::refreshing;
  view.freshness = Freshness::empty;
  if (record.current) {
    view.freshness = Freshness::unknown;
    view.version = record.current->version;
    view.rows = record.current->rows;
    view.bytes = record.current->bytes;
    view.refreshed_at = record.current->committed_at;
    view.refresh_reason = record.current->reason;
  }
  if (report) {
    view.freshness = report->freshness;
    view.freshness_reason = report->reason;
    view.sources = engine::report_sources(definition, report->observed, report->recorded, report->changes);
  } else {
    view.sources = engine::report_sources(definition, {}, {}, {});
  }
  view.native = native_of(record);
  return view;
}

}  // namespace matview::providers
