#include <fmt/format.h>

#include <cstdlib>

#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"
#include "output/sections.hpp"
#include "output/values.hpp"
#include "support/duration.hpp"
#include "support/json.hpp"

namespace matview::output {

namespace {

using support::Align;

/// "stale: 3 files added" from two members, the second of which may be missing.
Cell with_reason(std::string_view key, const Value& what, const Value& why, const Style& style) {
  auto cell = field_cell(key, what, style);
  if (const auto reason = plain_text(why); !cell.text.empty() && !reason.empty())
    cell.text += ": " + support::strip_control(reason);
  return cell;
}

Cell last_job(const Value& job, const Style& style) {
  auto cell = field_cell("state", job.at("state"), style);
  const auto code = support::strip_control(plain_text(job.at("native").at("code")));
  const auto mode = field_cell("mode", job.at("mode"), style).text;
  if (!mode.empty()) cell.text += ", " + mode + (code.empty() ? "" : fmt::format(" ({})", code));
  for (const auto* key : {"finished_at", "elapsed_seconds", "id"})
    if (const auto part = field_cell(key, job.at(key), style); !part.text.empty()) cell.text += ", " + part.text;
  return cell;
}

/// "right in 58 of 60, 1.2 s of 40 s lost": how well the backend chose between its ways.
Cell choices(const Value& native, const Style& style) {
  const auto& report = native.at("auto");
  if (report.at("decisions").is_null()) return {};
  const auto seconds = [&](const char* key) {
    const auto text = plain_text(report.at(key));
    return style.terminal ? support::format_duration(std::chrono::round<Duration>(
                                std::chrono::duration<double>(std::strtod(text.c_str(), nullptr))))
                          : text + " s";
  };
  return {fmt::format("right in {} of {}, {} of {} lost", plain_text(report.at("right")),
                      plain_text(report.at("decisions")), seconds("lost_seconds"), seconds("spent_seconds"))};
}

std::string pairs(const Value& view, const Style& style) {
  const auto plain = [&](const char* key) { return field_cell(key, view.at(key), style); };
  Pairs lines;
  const auto name = typed_name(plain_text(view.at("profile")), plain_text(view.at("name")), style);
  lines.add("NAME", {support::strip_control(name), Tone::strong});
  lines.add("PROVIDER", plain("provider"));
  lines.add("KIND", plain("kind"));
  lines.add("FRESHNESS", with_reason("freshness", view.at("freshness"), view.at("freshness_reason"), style));
  lines.add("STATE", plain("state"));
  lines.add("VERSION", plain("version"));
  lines.add("ROWS", plain("rows"));
  lines.add("SIZE", plain("bytes"));
  lines.add("CREATED", plain("created_at"));
  lines.add("REFRESHED", plain("refreshed_at"));
  lines.add("REFRESH MODE", with_reason("refresh_mode", view.at("refresh_mode"), view.at("refresh_reason"), style));
  lines.add("CHOICES", choices(view.at("native"), style));
  lines.add("SCHEDULE", plain("schedule"));
  lines.add("NEXT REFRESH", plain("next_refresh_at"));
  lines.add("AUTO REFRESH", plain("auto_refresh"));
  if (const auto* suspended = view.at("suspended").if_bool(); suspended != nullptr && *suspended)
    lines.add("SUSPENDED", {support::strip_control(plain_text(view.at("suspended_reason"))), Tone::warning});
  lines.add("UPSTREAM", plain("depends_on"));
  lines.add("DOWNSTREAM", plain("downstream"));
  lines.add("TAGS", plain("tags"));
  lines.add("LAST JOB", last_job(view.at("last_job"), style));
  lines.add("ERROR", field_cell("error", view.at("last_job").at("error"), style));
  return lines.render(style);
}

struct Field {
  const char* header;
  const char* key;
  int give = 0;
};

std::string list_table(const Value& list, const std::vector<Field>& fields, const Style& style) {
  const auto* items = list.if_array();
  if (items == nullptr || items->empty()) return {};
  std::vector<TableColumn> columns;
  for (const auto& field : fields)
    columns.push_back({field.header, is_numeric_field(field.key) ? Align::right : Align::left, field.give, 12});
  Table table(std::move(columns));
  for (const auto& item : *items) {
    std::vector<Cell> cells;
    for (const auto& field : fields) cells.push_back(field_cell(field.key, item.at(field.key), style));
    table.add(std::move(cells));
  }
  return table.render(style);
}

std::string native_lines(const Value& native, const Style& style) {
  Pairs lines;
  if (const auto* members = native.if_object())
    for (const auto& [key, value] : *members)
      if (key != "auto") lines.add(support::strip_control(key), field_cell(key, value, style));
  return lines.render(style);
}

/// How the last job was done and what it cost: what -o wide adds.
std::string job_lines(const Value& job, const Style& style) {
  Pairs lines;
  const auto add = [&](const char* label, const char* key, const Value& from) {
    lines.add(label, field_cell(key, from.at(key), style));
  };
  const auto& native = job.at("native");
  const auto& cost = native.at("cost");
  add("MODE", "mode", job);
  add("CODE", "code", native);
  add("REASON", "reason", job);
  add("WHY FULL", "code_reason", native);
  add("ADDED", "rows_added", job);
  add("REMOVED", "rows_removed", job);
  add("TECHNIQUES", "techniques", native);
  add("TOOK", "elapsed_seconds", job);
  add("PREDICTED INCREMENTAL", "predicted_incremental_seconds", cost);
  add("PREDICTED FULL", "predicted_full_seconds", cost);
  add("REGRET", "regret_seconds", cost);
  return lines.render(style);
}

std::string details_text(const Value& view, bool wide, const Style& style) {
  const auto inner = inside_section(style);
  const auto definition = support::strip_control(plain_text(view.at("definition")), support::Newlines::keep);
  std::string text = pairs(view, style);
  text += section("DEFINITION", definition, style);
  text += section("COLUMNS", list_table(view.at("columns"), {{"NAME", "name", 1}, {"TYPE", "type", 2}}, inner), style);
  text += section("SOURCES",
                  list_table(view.at("sources"),
                             {{"NAME", "name", 1},
                              {"KIND", "kind"},
                              {"FILES", "files"},
                              {"SIZE", "bytes"},
                              {"VERSION", "version"},
                              {"CHANGE", "change", 2}},
                             inner),
                  style);
  text += section("VERSIONS",
                  list_table(view.at("versions"),
                             {{"VERSION", "version"},
                              {"CREATED", "created_at"},
                              {"ROWS", "rows"},
                              {"SIZE", "bytes"},
                              {"MODE", "mode"},
                              {"JOB", "job", 1}},
                             inner),
                  style);
  if (wide) text += section("LAST JOB", job_lines(view.at("last_job"), inner), style);
  return text + section("NATIVE", native_lines(view.at("native"), inner), style);
}

}  // namespace

Result<void> print_view_details(Sink& sink, const View& view, Format format, const Style& style) {
  const Value document = to_detailed_value(view);
  switch (format) {
    case Format::table:
    case Format::wide: return print_text(sink, details_text(document, format == Format::wide, style), style);
    case Format::json:
      return print_text(sink, support::to_json(versioned("views", Value::Array{document}), true) + "\n", style);
    case Format::jsonl: {
      const auto event = support::to_json(Value::Object{{"event", "result"}, {"view", document}});
      const auto summary = support::to_json(Value::Object{{"event", "summary"}, {"count", 1}});
      return print_text(sink, event + "\n" + summary + "\n", style);
    }
    case Format::csv:
    case Format::name: break;
  }
  return print_views(sink, {view}, format, style);
}

}  // namespace matview::output
