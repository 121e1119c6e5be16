#include <fmt/format.h>

#include "output/report.hpp"
#include "support/time_text.hpp"
#include "support/utf8.hpp"

namespace matview::output {

namespace {

using Outcome = ReportCase::Outcome;

/// What XML 1.0 has a place for (section 2.2); everything else cannot be written, not even as a reference.
bool is_xml_character(char32_t code) {
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

/// For text and for attributes. Line ends and tabs are references in both: a reader would make spaces of them in an
/// attribute, and a line feed of a carriage return anywhere.
std::string escaped(std::string_view text, bool attribute) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = support::decode_utf8(text, at);
    at += point.size;
    switch (point.code) {
      case '&': result += "&amp;"; continue;
      case '<': result += "&lt;"; continue;
      case '>': result += "&gt;"; continue;
      case '"': result += attribute ? "&quot;" : "\""; continue;
      case '\r': result += "&#13;"; continue;
      case '\n': result += attribute ? "&#10;" : "\n"; continue;
      case '\t': result += attribute ? "&#9;" : "\t"; continue;
      default: break;
    }
    support::append_utf8(result, point.valid && is_xml_character(point.code) ? point.code : char32_t{0xFFFD});
  }
  return result;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, escaped(value, true));
}

std::string seconds(Duration duration) { return fmt::format("{:.3f}", static_cast<double>(duration.count()) / 1e6); }

std::string outcome_element(std::string_view name, const ReportCase& item) {
  std::string text = fmt::format("      <{}", name) + attribute("message", item.message);
  if (!item.code.empty()) text += attribute("type", item.code);
  if (item.detail.empty()) return text + "/>\n";
  return text + ">" + escaped(item.detail, false) + fmt::format("</{}>\n", name);
}

std::string testcase(const ReportCase& item) {
  std::string text = "    <testcase" + attribute("name", item.view);
  text += attribute("classname", item.profile.empty() ? "matview" : "matview." + item.profile);
  text += attribute("time", seconds(item.elapsed.value_or(Duration(0)))) + ">\n";
  if (item.outcome == Outcome::failed) text += outcome_element("failure", item);
  if (item.outcome == Outcome::error) text += outcome_element("error", item);
  if (item.outcome == Outcome::skipped) text += outcome_element("skipped", item);
  if (!item.text.empty()) text += "      <system-out>" + escaped(item.text, false) + "</system-out>\n";
  return text + "    </testcase>\n";
}

}  // namespace

std::string junit_document(const Report& report) {
  const std::string name = "matview " + report.title;
  const std::string counts = attribute("tests", std::to_string(report.cases.size())) +
                             attribute("failures", std::to_string(count(report, Outcome::failed))) +
                             attribute("errors", std::to_string(count(report, Outcome::error)));
  const std::string time = attribute("time", seconds(report.elapsed));
  // Readers of old take a time without a zone alone, and none of them a fraction.
  const auto whole = std::chrono::floor<std::chrono::seconds>(report.began);
  std::string timestamp = support::format_rfc3339(whole);
  timestamp.pop_back();

  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", name) + counts + time;
  text += ">\n  <testsuite" + attribute("name", name) + counts;
  text += attribute("skipped", std::to_string(count(report, Outcome::skipped))) + time;
  text += attribute("timestamp", timestamp) + ">\n";
  for (const auto& item : report.cases) text += testcase(item);
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace matview::output
