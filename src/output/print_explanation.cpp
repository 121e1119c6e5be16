#include <fmt/format.h>

#include <algorithm>

#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"
#include "output/sections.hpp"
#include "output/values.hpp"

namespace matview::output {

namespace {

using support::Align;
using support::Newlines;

constexpr int k_gap = 2;
constexpr int k_least_room = 24;  ///< for a reason, however narrow the terminal is

std::string coded(const std::string& code, const std::string& reason) {
  if (code.empty() || reason.empty()) return support::strip_control(code + reason);
  return support::strip_control(code + ": " + reason);
}

std::string head(const Explanation& explanation, const Style& style) {
  const Value document = to_value(explanation);
  Pairs lines;
  const auto name = explanation.view.empty() ? "" : typed_name(explanation.profile, explanation.view, style);
  lines.add("VIEW", {support::strip_control(name), Tone::strong});
  lines.add("ACTION", {support::strip_control(explanation.action)});
  lines.add("REASON", {coded(explanation.code, explanation.reason)});
  lines.add("REFRESH MODE", field_cell("refresh_mode", document.at("refresh_mode"), style));
  for (const auto& [label, key] : {std::pair("PREDICTED INCREMENTAL", "predicted_incremental_seconds"),
                                   std::pair("PREDICTED FULL", "predicted_full_seconds")}) {
    auto cell = field_cell(key, document.at(key), style);
    // There is no header to tell the unit of an exact number.
    if (!cell.text.empty() && !style.terminal) cell.text += " s";
    lines.add(label, std::move(cell));
  }
  return lines.render(style);
}

std::string source_table(const std::vector<Source>& sources, const Style& style) {
  if (sources.empty()) return {};
  Table table({{"NAME", Align::left, 1, 12},
               {"KIND"},
               {"FILES", Align::right},
               {"SIZE", Align::right},
               {"CHANGE", Align::left, 2, 12}});
  for (const auto& source : sources) {
    const Value document = to_value(source);
    std::vector<Cell> cells;
    for (const auto* key : {"name", "kind", "files", "bytes", "change"})
      cells.push_back(field_cell(key, document.at(key), style));
    table.add(std::move(cells));
  }
  return table.render(style);
}

Cell verdict(const Technique& technique) {
  if (technique.chosen) return {"chosen", Tone::good};
  return technique.applicable ? Cell{"applicable"} : Cell{"not applicable", Tone::dim};
}

/// The blocks in their order, each with its techniques below it. Columns are the same for all blocks; on a terminal
/// reasons go on below themselves, for a reason that is cut explains nothing.
std::string technique_lines(const std::vector<Technique>& techniques, const Style& style) {
  int verdicts = 0;
  int names = 0;
  for (const auto& technique : techniques) {
    verdicts = std::max(verdicts, support::display_width(verdict(technique).text));
    names = std::max(names, support::display_width(support::strip_control(technique.name)));
  }
  const int start = k_gap + verdicts + k_gap + names + k_gap;
  const int room = std::max(k_least_room, style.width - start);

  std::string text;
  const std::string* block = nullptr;
  for (const auto& technique : techniques) {
    if (block == nullptr || *block != technique.block) {
      block = &technique.block;
      text += paint(support::strip_control(technique.block), Tone::strong, style) + "\n";
    }
    const auto cell = verdict(technique);
    std::string line(k_gap, ' ');
    line += paint(support::pad(cell.text, verdicts), cell.tone, style) + std::string(k_gap, ' ');
    const auto reason = coded(technique.code, technique.reason);
    const auto name = support::strip_control(technique.name);
    if (reason.empty()) {
      text += line + name + "\n";
      continue;
    }
    line += support::pad(name, names) + std::string(k_gap, ' ');
    for (const auto& part : style.terminal ? support::wrap(reason, room) : std::vector<std::string>{reason}) {
      text += line + part + "\n";
      line = std::string(static_cast<std::size_t>(start), ' ');
    }
  }
  return text;
}

/// The SQL of what was chosen, block by block; of a block of which nothing is, of all that has some.
std::string sql_sections(const std::vector<Technique>& techniques, const Style& style) {
  std::string text;
  for (const auto& technique : techniques) {
    const bool decided = std::any_of(techniques.begin(), techniques.end(), [&](const Technique& other) {
      return other.chosen && other.block == technique.block;
    });
    if (decided && !technique.chosen) continue;
    const auto heading = support::strip_control(fmt::format("SQL of {}, {}", technique.block, technique.name));
    text += section(heading, support::strip_control(technique.sql, Newlines::keep), style);
  }
  return text;
}

std::string explanation_text(const Explanation& explanation, bool sql, const Style& style) {
  const auto inner = inside_section(style);
  std::string text = head(explanation, style);
  text += section("SOURCES", source_table(explanation.sources, inner), style);
  text += section("TECHNIQUES", technique_lines(explanation.techniques, inner), style);
  if (sql) text += sql_sections(explanation.techniques, style);
  return text;
}

std::vector<std::string> explanation_keys() {
  std::vector<std::string> keys;
  const Value document = to_value(Explanation{});
  for (const auto& member : *document.if_object()) keys.push_back(member.first);
  return keys;
}

}  // namespace

Result<void> print_explanation(Sink& sink, const Explanation& explanation, bool sql, Format format,
                               const Style& style) {
  if (format == Format::table || format == Format::wide)
    return print_text(sink, explanation_text(explanation, sql || format == Format::wide, style), style);
  const auto name = [&](const Value& document, const Style& named) {
    return explanation.view.empty() ? std::string()
                                    : typed_name(explanation.profile, plain_text(document.at("view")), named);
  };
  const Records records{"explanations", "explanation", {to_value(explanation)}, explanation_keys(), {}, name};
  return print_records(sink, records, format, style);
}

}  // namespace matview::output
