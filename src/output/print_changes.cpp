#include "output/print_changes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output/cells.hpp"
#include "output/records.hpp"
#include "output/table.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

constexpr int k_longest_value = 100;  ///< columns of a value in a line of its own

std::string text(const Value& document, std::string_view key) { return plain_text(document.at(key)); }

Tone tone_of(std::string_view action) {
  if (action == "create") return Tone::good;
  if (action == "drop" || action == "recreate" || action == "error") return Tone::bad;
  return action == "unchanged" ? Tone::dim : Tone::warning;
}

std::string_view sign_of(std::string_view action) {
  if (action == "create") return "+";
  if (action == "drop") return "-";
  if (action == "recreate") return "-/+";
  if (action == "error") return "!";
  return action == "unchanged" ? "=" : "~";
}

std::string name_of(const Value& change, const Style& style) {
  return typed_name(text(change, "profile"), text(change, "view"), style);
}

std::string value_text(const Value& values) {
  std::vector<std::string> parts;
  if (const auto* items = values.if_array())
    for (const auto& item : *items) parts.push_back(plain_text(item));
  if (parts.empty()) return "(none)";
  return support::truncate(support::strip_control(support::join(parts, ", ")), k_longest_value);
}

/// The query's own change is its diff; a new view's options stand in the file.
std::string fields_text(const Value& change) {
  if (text(change, "action") == "create") return {};
  std::string lines;
  if (const auto* fields = change.at("fields").if_array())
    for (const auto& field : *fields)
      if (text(field, "key") != "query")
        lines += fmt::format("    {}: {} -> {}\n", text(field, "key"), value_text(field.at("before")),
                             value_text(field.at("after")));
  return lines;
}

std::string diff_text(const Value& change, const Style& style) {
  std::string lines;
  const auto diff = support::strip_control(text(change, "diff"), support::Newlines::keep);
  for (std::size_t at = 0; at < diff.size();) {
    const auto end = std::min(diff.find('\n', at), diff.size());
    const std::string line = diff.substr(at, end - at);
    const Tone tone = line.starts_with('+')    ? Tone::good
                      : line.starts_with('-')  ? Tone::bad
                      : line.starts_with("@@") ? Tone::dim
                                               : Tone::plain;
    lines += "    " + paint(line, tone, style) + "\n";
    at = end + 1;
  }
  return lines;
}

std::string change_text(const Value& change, const Style& style) {
  const auto action = text(change, "action");
  std::string lines = fmt::format("{} {}", paint(fmt::format("{} {}", sign_of(action), action), tone_of(action), style),
                                  support::strip_control(name_of(change, style)));
  if (const auto reason = text(change, "reason"); !reason.empty() && action != "unchanged")
    lines += ": " + support::strip_control(reason);
  lines += "\n";
  if (const auto effect = text(change, "effect"); !effect.empty())
    lines += "    " + paint(support::strip_control(effect), Tone::dim, style) + "\n";
  return lines + fields_text(change) + diff_text(change, style);
}

std::string summary_text(const Value& summary) {
  std::vector<std::string> parts;
  if (const auto* members = summary.if_object())
    for (const auto& [action, count] : *members)
      if (const auto* number = count.if_integer(); number != nullptr && *number > 0)
        parts.push_back(
            fmt::format("{} {}{}", *number, action == "unchanged" || action == "error" ? "" : "to ", action));
  return parts.empty() ? "no views\n" : support::join(parts, ", ") + "\n";
}

Records records_of(const std::vector<Value>& changes, const Value& summary) {
  const auto name = [](const Value& change, const Style& style) { return name_of(change, style); };
  Records records{"changes", "change", changes, {}, {}, name, {{"summary", summary}}};
  if (!changes.empty())
    for (const auto& [key, value] : *changes.front().if_object()) records.keys.push_back(key);
  return records;
}

Cell state_cell(const Value& change, const Style&) {
  const auto state = text(change, "state");
  const Tone tone = state == "applied"     ? Tone::good
                    : state == "failed"    ? Tone::bad
                    : state == "unchanged" ? Tone::dim
                                           : Tone::warning;
  return {state, tone};
}

}  // namespace

std::string changes_text(const std::vector<Value>& changes, bool whole, const Style& style) {
  std::string lines;
  for (const auto& change : changes)
    if (whole || text(change, "action") != "unchanged") lines += change_text(change, style);
  return lines;
}

Result<void> print_changes(Sink& sink, const std::vector<Value>& changes, const Value& summary, Format format,
                           const Style& style) {
  if (format == Format::table || format == Format::wide)
    return print_text(sink, changes_text(changes, format == Format::wide, style) + summary_text(summary), style);
  return print_records(sink, records_of(changes, summary), format, style);
}

Result<void> print_applied(Sink& sink, const std::vector<Value>& changes, const Value& summary, Format format,
                           const Style& style) {
  auto records = records_of(changes, summary);
  const auto name = [](const Value& change, const Style& look) {
    return Cell{support::strip_control(name_of(change, look)), Tone::strong};
  };
  const auto why = [](const Value& change, const Style&) {
    auto remark = text(change, "remark");
    if (remark.empty()) remark = text(change.at("error"), "message");
    return Cell{support::strip_control(remark.empty() ? text(change, "reason") : remark)};
  };
  records.columns = {{{"NAME", support::Align::left, 1, 12}, "view", false, name},
                     {{"ACTION"}, "action", false, {}},
                     {{"STATE"}, "state", false, state_cell},
                     {{"REASON", support::Align::left, 2, 12}, "reason", false, why}};
  return print_records(sink, records, format, style);
}

}  // namespace matview::output
