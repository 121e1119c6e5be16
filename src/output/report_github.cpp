#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "output/report.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

using Outcome = ReportCase::Outcome;

constexpr std::size_t k_most_rows = 1000;
constexpr int k_widest_cell = 300;

/// What the runner takes back: toolkit/packages/core/src/command.ts, escapeData and escapeProperty.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    result += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

std::string full_name(const ReportCase& item) {
  return item.profile.empty() ? item.view : fmt::format("{}:{}", item.profile, item.view);
}

std::string annotation(std::string_view kind, const Report& report, const ReportCase& item) {
  std::string message = support::strip_control(item.message);
  if (!item.detail.empty()) message += "\n" + support::strip_control(item.detail, support::Newlines::keep);
  while (message.ends_with('\n')) message.pop_back();
  const auto title = fmt::format("matview {}: {}", report.title, support::strip_control(full_name(item)));
  return fmt::format("::{} title={}::{}\n", kind, escaped(title, true), escaped(message, false));
}

/// Text in a cell of a Markdown table: one line, and nothing in it means anything.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : support::truncate(support::strip_control(text), k_widest_cell)) {
    if (c == '<')
      result += "&lt;";
    else if (c == '&')
      result += "&amp;";
    else if (std::string_view("\\`*_[]|~#!>@").find(c) != std::string_view::npos)
      (result += '\\') += c;
    else
      result += c;
  }
  return result;
}

std::string_view sign(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "✅ ok";
    case Outcome::failed: return "❌ failed";
    case Outcome::error: return "❌ error";
    case Outcome::skipped: return "⏭️ skipped";
  }
  return "";
}

/// What a person needs of the facts of a case in one line.
std::string facts(const ReportCase& item) {
  if (!item.message.empty()) return item.message;
  std::string text = item.text;
  while (text.ends_with('\n')) text.pop_back();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.replace(at, 1, ", ");
  return text;
}

std::string heading(const Report& report) {
  const auto bad = count(report, Outcome::failed) + count(report, Outcome::error);
  const auto skipped = count(report, Outcome::skipped);
  std::string text = fmt::format("### matview {}: {}", cell(report.title),
                                 support::count_noun(static_cast<std::int64_t>(report.cases.size()), "view"));
  if (bad > 0) text += fmt::format(", {} failed", support::human_count(bad));
  if (skipped > 0) text += fmt::format(", {} skipped", support::human_count(skipped));
  return text + fmt::format(", {}\n\n", support::format_duration(report.elapsed));
}

}  // namespace

std::string github_annotations(const Report& report) {
  std::string text;
  for (const auto& item : report.cases) {
    if (item.outcome == Outcome::failed || item.outcome == Outcome::error) text += annotation("error", report, item);
    if (item.outcome == Outcome::skipped) text += annotation("warning", report, item);
  }
  return text;
}

std::string github_summary(const Report& report) {
  std::vector<const ReportCase*> shown;
  for (const auto& item : report.cases) shown.push_back(&item);
  if (shown.size() > k_most_rows)
    std::stable_partition(shown.begin(), shown.end(),
                          [](const ReportCase* item) { return item->outcome != Outcome::passed; });
  const std::size_t left_out = shown.size() - std::min(shown.size(), k_most_rows);
  shown.resize(shown.size() - left_out);

  std::string text = heading(report);
  if (shown.empty()) return text;
  text += "| view | outcome | time | |\n|---|---|--:|---|\n";
  for (const auto* item : shown)
    text += fmt::format("| {} | {} | {} | {} |\n", cell(full_name(*item)), sign(item->outcome),
                        item->elapsed ? support::format_duration(*item->elapsed) : "", cell(facts(*item)));
  if (left_out > 0)
    text += fmt::format("\n… and {} more\n", support::count_noun(static_cast<std::int64_t>(left_out), "view"));
  return text + "\n";
}

}  // namespace matview::output
