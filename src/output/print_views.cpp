#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"
#include "output/values.hpp"

namespace matview::output {

namespace {

using support::Align;

std::string view_name(const Value& view, const Style& style) {
  return typed_name(plain_text(view.at("profile")), plain_text(view.at("name")), style);
}

RecordColumn name_column() {
  return {{"NAME", Align::left, 1, 16}, "name", false, [](const Value& view, const Style& style) {
            return Cell{support::strip_control(view_name(view, style)), Tone::plain};
          }};
}

RecordColumn field(std::string header, std::string key, int give = 0, bool wide = false) {
  const auto align = is_numeric_field(key) ? Align::right : Align::left;
  return {{std::move(header), align, give, 8}, std::move(key), wide, {}};
}

/// The state of the last job, since that of the view only says whether it is at work now.
RecordColumn last_job_column() { return field("LAST JOB", "last_job"); }

/// Why a view is as it is: what changed, or what went wrong.
RecordColumn reason_column() {
  return {{"REASON", Align::left, 3, 12}, "reason", false, [](const Value& view, const Style& style) {
            const auto& error = view.at("last_job").at("error");
            if (plain_text(view.at("state")) == "error" && !error.is_null()) return field_cell("error", error, style);
            return field_cell("reason", view.at("freshness_reason"), style);
          }};
}

std::vector<RecordColumn> columns_of(ViewTable table) {
  if (table == ViewTable::status)
    return {name_column(),
            field("FRESHNESS", "freshness"),
            field("STATE", "state"),
            field("VERSION", "version"),
            field("ROWS", "rows"),
            field("REFRESHED", "refreshed_at"),
            last_job_column(),
            reason_column(),
            field("SIZE", "bytes", 0, true),
            field("MODE", "refresh_mode", 0, true),
            field("SCHEDULE", "schedule", 2, true),
            field("PROVIDER", "provider", 0, true)};
  return {name_column(),
          field("KIND", "kind"),
          field("FRESHNESS", "freshness"),
          field("STATE", "state"),
          field("ROWS", "rows"),
          field("SIZE", "bytes"),
          field("REFRESHED", "refreshed_at"),
          field("VERSION", "version", 0, true),
          field("MODE", "refresh_mode", 0, true),
          field("CREATED", "created_at", 0, true),
          field("SCHEDULE", "schedule", 2, true),
          field("TAGS", "tags", 2, true),
          field("SOURCES", "sources", 3, true),
          field("PROVIDER", "provider", 0, true)};
}

}  // namespace

Result<void> print_views(Sink& sink, const std::vector<View>& views, Format format, const Style& style,
                         const std::vector<std::string>& fields, ViewTable table) {
  Records records{"views", "view", {}, view_fields(), columns_of(table), view_name};
  const bool tabular = format == Format::table || format == Format::wide;
  records.documents.reserve(views.size());
  for (const auto& view : views) {
    records.documents.push_back(to_value(view));
    if (tabular && !view.freshness_reason.empty())
      records.documents.back().set("freshness_reason", view.freshness_reason);
  }
  return print_records(sink, records, format, style, fields);
}

}  // namespace matview::output
