#include <fmt/format.h>

#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"
#include "output/requests.hpp"
#include "output/sections.hpp"
#include "output/values.hpp"
#include "support/json.hpp"

namespace matview::output {

namespace {

using support::Align;

constexpr int k_unlimited = 1'000'000;

RecordColumn field(std::string header, std::string key, int give = 0) {
  const auto align = is_numeric_field(key) ? Align::right : Align::left;
  return {{std::move(header), align, give, 12}, std::move(key), false, {}};
}

std::string member(const Value& document, const char* key) { return plain_text(document.at(key)); }

std::vector<std::string> keys_of(const Value& document) {
  std::vector<std::string> keys;
  for (const auto& entry : *document.if_object()) keys.push_back(entry.first);
  return keys;
}

std::string sample_table(const Verification& verification, const std::vector<RowStream::Row>& rows,
                         const Style& style) {
  if (rows.empty()) return {};
  std::vector<TableColumn> columns;
  for (const auto& column : verification.columns)
    columns.push_back({support::strip_control(column.name), Align::left, 1, 8});
  Table table(std::move(columns));
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < verification.columns.size(); ++i)
      cells.push_back(i < row.size() && !row[i].is_null() ? Cell{support::strip_control(plain_text(row[i]))}
                                                          : Cell{"NULL", Tone::dim});
    table.add(std::move(cells));
  }
  return table.render(style);
}

std::string gc_text(const GcReport& report, bool dry_run, const Style& style) {
  const auto bytes =
      style.terminal ? support::human_bytes(report.bytes_removed) : support::count_noun(report.bytes_removed, "byte");
  std::string text = fmt::format("{} {}, {}, {}\n", dry_run ? "would remove" : "removed",
                                 support::count_noun(report.versions_removed, "version"),
                                 support::count_noun(report.files_removed, "file"), bytes);
  if (dry_run)
    for (const auto& file : report.files) text += "  " + support::strip_control(file) + "\n";
  for (const auto& kept : report.kept) text += "kept " + support::strip_control(kept) + "\n";
  if (report.source_files > 0)
    text += fmt::format(
        "sources keep {} of {}\n", support::count_noun(report.source_files, "file"),
        style.terminal ? support::human_bytes(report.source_bytes) : support::count_noun(report.source_bytes, "byte"));
  return text;
}

/// Of a verification or a plan.
std::string view_name(const Value& document, const Style& style) {
  return typed_name(member(document, "profile"), member(document, "view"), style);
}

/// A job of which nobody knows the view is called by its id.
std::string plan_name(const Value& plan, const Style& style) {
  const auto job = member(plan.at("native"), "job");
  return member(plan, "view").empty() ? job : view_name(plan, style);
}

std::string plan_text(const Plan& plan, const Style& style) {
  const auto name = typed_name(plan.profile, plan.view, style);
  std::string head = fmt::format("would {} '{}'", plan.operation, name);
  if (const auto job = member(plan.native, "job"); !job.empty()) {
    head = fmt::format("would {} job '{}'", plan.operation, job);
    if (!plan.view.empty()) head += fmt::format(" of '{}'", name);
  }
  if (!plan.mode.empty() && plan.mode != plan.operation) head += ": " + plan.mode;
  if (!plan.reason.empty()) head += fmt::format(" ({})", plan.reason);
  std::string text = support::strip_control(head) + "\n";
  if (!plan.sources.empty()) {
    Table table({{"NAME", Align::left, 1, 12},
                 {"KIND"},
                 {"FILES", Align::right},
                 {"SIZE", Align::right},
                 {"CHANGE", Align::left, 2, 12}});
    const auto inner = inside_section(style);
    for (const auto& source : plan.sources) {
      const Value document = to_value(source);
      table.add({field_cell("name", document.at("name"), inner), field_cell("kind", document.at("kind"), inner),
                 field_cell("files", document.at("files"), inner), field_cell("bytes", document.at("bytes"), inner),
                 field_cell("change", document.at("change"), inner)});
    }
    text += section("SOURCES", table.render(inner), style);
  }
  text += section("SQL", support::strip_control(plan.sql, support::Newlines::keep), style);
  for (std::size_t i = 0; i < plan.requests.size(); ++i) {
    const auto heading = fmt::format("REQUEST {}: {}", i + 1, support::strip_control(plan.requests[i].purpose));
    text += section(heading, support::strip_control(request_text(plan.requests[i]), support::Newlines::keep), style);
  }
  return text;
}

}  // namespace

Result<void> print_verifications(Sink& sink, const std::vector<Verification>& verifications, Format format,
                                 const Style& style, const Failures& failures) {
  const auto name = [](const Value& document, const Style& named) {
    return Cell{support::strip_control(view_name(document, named))};
  };
  const auto outcome = [](const Value& document, const Style&) {
    const auto* equal = document.at("equal").if_bool();
    return equal != nullptr && *equal ? Cell{"equal", Tone::good} : Cell{"differs", Tone::bad};
  };
  Records records{"verifications",
                  "verification",
                  {},
                  keys_of(to_value(Verification{})),
                  {{{"NAME", Align::left, 1, 12}, "view", false, name},
                   field("VERSION", "version"),
                   {{"OUTCOME"}, "equal", false, outcome},
                   field("ROWS", "rows_stored"),
                   field("MISSING", "rows_missing"),
                   field("EXTRA", "rows_extra")},
                  view_name,
                  {},
                  failures};
  for (const auto& verification : verifications) records.documents.push_back(to_value(verification));
  if (format != Format::table && format != Format::wide) return print_records(sink, records, format, style);

  MATVIEW_TRY(print_records(sink, records, format, style));
  std::string samples;
  const auto inner = inside_section(style);
  for (const auto& verification : verifications) {
    const auto heading = [&](std::string_view what) {
      return support::strip_control(fmt::format("{} rows of '{}', for example", what,
                                                typed_name(verification.profile, verification.view, style)));
    };
    samples += section(heading("missing"), sample_table(verification, verification.missing_sample, inner), style);
    samples += section(heading("extra"), sample_table(verification, verification.extra_sample, inner), style);
  }
  return print_text(sink, samples, style);
}

Result<void> print_gc(Sink& sink, const GcReport& report, bool dry_run, Format format, const Style& style) {
  Value document = to_value(report);
  document.set("dry_run", dry_run);
  switch (format) {
    case Format::table:
    case Format::wide: return print_text(sink, gc_text(report, dry_run, style), style);
    case Format::json:
      return print_text(sink, support::to_json(versioned("gc", std::move(document)), true) + "\n", style);
    case Format::jsonl:
    case Format::csv:
    case Format::name: break;
  }
  // Of a clean-up, the names are the files that went.
  if (format == Format::name) {
    std::string files;
    for (const auto& file : report.files) files += (style.terminal ? support::strip_control(file) : file) + "\n";
    return print_text(sink, files, style);
  }
  const Records records{"gc", "gc", {document}, keys_of(document), {}, {}};
  return print_records(sink, records, format, style);
}

Result<void> print_plans(Sink& sink, const std::vector<Plan>& plans, Format format, const Style& style,
                         const Failures& failures) {
  if (format != Format::table && format != Format::wide) {
    Records records{"plans", "plan", {}, keys_of(to_value(Plan{})), {}, plan_name, {}, failures};
    for (const auto& plan : plans) records.documents.push_back(to_value(plan));
    return print_records(sink, records, format, style);
  }
  std::string text;
  for (const auto& plan : plans) {
    if (!text.empty()) text += "\n";
    text += plan_text(plan, style);
  }
  return print_text(sink, text, style);
}

Result<void> print_curl(Sink& sink, const std::vector<Plan>& plans, const Style& style) {
  std::vector<HttpRequest> requests;
  for (const auto& plan : plans) requests.insert(requests.end(), plan.requests.begin(), plan.requests.end());
  if (requests.empty())
    return fail(Error(ErrorCode::unsupported, "there are no requests to print: nothing is sent to a server")
                    .with_hint("leave '-o curl' away to see the plan"));
  return print_text(sink, curl_script(requests), style);
}

Result<void> print_checks(Sink& sink, const std::vector<Check>& checks, Format format, const Style& style) {
  const auto name = [](const Value& document, const Style&) { return member(document, "name"); };
  Records records{"checks",
                  "check",
                  {},
                  keys_of(to_value(Check{})),
                  {field("NAME", "name"), field("OUTCOME", "outcome"), field("MESSAGE", "message", 1)},
                  name};
  for (const auto& check : checks) records.documents.push_back(to_value(check));
  if (format != Format::table && format != Format::wide) return print_records(sink, records, format, style);

  // What is wrong and what to do about it is never cut; a terminal may wrap it.
  Style whole = style;
  whole.width = k_unlimited;
  MATVIEW_TRY(print_records(sink, records, format, whole));
  std::string advice;
  for (const auto& check : checks) {
    if (check.hint.empty()) continue;
    advice += support::strip_control(fmt::format("{}: {}", check.name, check.hint)) + "\n";
  }
  return print_text(sink, section("HINTS", advice, style), style);
}

}  // namespace matview::output
