#include "output/message.hpp"

#include <fmt/format.h>

#include "output/table.hpp"
#include "output/values.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::output {

namespace {

std::string line(std::string_view label, Tone tone, std::string_view text, const Style& style) {
  return fmt::format("{} {}\n", paint(label, tone, style), support::strip_control(text));
}

std::string indented(std::string_view text) {
  const std::string safe = support::strip_control(text, support::Newlines::keep);
  std::string out;
  std::string_view rest = safe;
  while (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto row = rest.substr(0, end);
    if (!row.empty()) out.append("  ").append(row);
    out.append("\n");
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return out;
}

}  // namespace

std::string render_error(const Error& error, Format format, const Style& style) {
  if (is_json(format)) return support::to_json(Value::Object{{"error", to_value(error)}}) + "\n";
  std::string out = line("error:", Tone::bad, error.message, style);
  out += indented(error.detail);
  if (!error.hint.empty()) out += line("hint:", Tone::strong, error.hint, style);
  return out;
}

std::string render_warning(std::string_view text, Format format, const Style& style) {
  if (is_json(format)) return support::to_json(Value::Object{{"warning", Value::Object{{"message", text}}}}) + "\n";
  return line("warning:", Tone::warning, text, style);
}

std::string render_note(std::string_view text, Format format, const Style& style) {
  if (style.quiet || is_json(format)) return {};
  return support::strip_control(text) + "\n";
}

}  // namespace matview::output
