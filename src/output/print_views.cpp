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

/// `spare`: how soon the column is left out of a narrow terminal.
RecordColumn field(std::string header, std::string key, int spare = 0) {
  const auto align = is_numeric_field(key) ? Align::right : Align::left;
  return {{std::move(header), align, 0, 8, spare}, std::move(key), false, {}};
}

/// Only in the wide table; what matters least anywhere.
RecordColumn wide_field(std::string header, std::string key, int give = 0) {
  const auto align = is_numeric_field(key) ? Align::right : Align::left;
  return {{std::move(header), align, give, 8, 9}, std::move(key), true, {}};
}

/// The state of the last job, since that of the view only says whether it is at work now.
RecordColumn last_job_column() { return field("LAST JOB", "last_job", 3); }

/// Why a view is as it is: what changed, or what went wrong.
RecordColumn reason_column() {
  return {
      {"REASON", Align::left, 3, 12}, "reason", false, [](const Value& view, const Style& style) {
        if (const auto* suspended = view.at("suspended").if_bool(); suspended != nullptr && *suspended)
          return Cell{"suspended " + support::strip_control(plain_text(view.at("suspended_reason"))), Tone::warning};
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
            field("VERSION", "version", 2),
            field("ROWS", "rows", 1),
            field("REFRESHED", "refreshed_at"),
            last_job_column(),
            reason_column(),
            wide_field("SIZE", "bytes"),
            wide_field("MODE", "refresh_mode"),
            wide_field("SCHEDULE", "schedule", 2),
            wide_field("NEXT", "next_refresh_at"),
            wide_field("PROVIDER", "provider")};
  return {name_column(), field("KIND", "kind", 2),
          // Costs a look at every source, which a list does only where it is asked to.
          wide_field("FRESHNESS", "freshness"), field("STATE", "state"), field("ROWS", "rows"),
          field("SIZE", "bytes", 1), field("REFRESHED", "refreshed_at"), wide_field("VERSION", "version"),
          wide_field("MODE", "refresh_mode"), wide_field("CREATED", "created_at"),
          wide_field("SCHEDULE", "schedule", 2), wide_field("NEXT", "next_refresh_at"),
          wide_field("AUTO", "auto_refresh"), wide_field("SUSPENDED", "suspended_reason", 2),
          wide_field("TAGS", "tags", 2), wide_field("SOURCES", "sources", 3), wide_field("PROVIDER", "provider")};
}

}  // namespace

Result<void> print_views(Sink& sink, const std::vector<View>& views, Format format, const Style& style,
                         const std::vector<std::string>& fields, ViewTable table, const Failures& failures) {
  Records records{"views", "view", {}, view_fields(), columns_of(table), view_name, {}, failures};
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
