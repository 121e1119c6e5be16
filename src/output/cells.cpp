#include "output/cells.hpp"

#include <cstdlib>

#include "support/duration.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::output {

namespace {

bool is_time(std::string_view key) { return key.ends_with("_at"); }
bool is_size(std::string_view key) { return key == "bytes" || key.ends_with("_bytes") || key.starts_with("bytes_"); }
bool is_length(std::string_view key) { return key.ends_with("_seconds"); }
bool is_count(std::string_view key) {
  return key == "rows" || key == "files" || key.starts_with("rows_") || key.starts_with("files_") ||
         key == "versions_removed";
}

Tone tone_of(std::string_view key, std::string_view text) {
  if (key != "freshness" && key != "state" && key != "outcome") return Tone::plain;
  for (const std::string_view good : {"fresh", "succeeded", "ok"})
    if (text == good) return Tone::good;
  for (const std::string_view bad : {"error", "failed"})
    if (text == bad) return Tone::bad;
  for (const std::string_view warning : {"stale", "empty", "warning", "cancelled"})
    if (text == warning) return Tone::warning;
  return Tone::dim;
}

/// A list of plain items reads better without brackets; of objects, their names stand for them.
std::string list_text(const Value::Array& items) {
  std::vector<std::string> parts;
  for (const auto& item : items) {
    const auto* name = item.at("name").if_string();
    parts.push_back(name != nullptr ? *name : plain_text(item));
  }
  return support::join(parts, ",");
}

std::string human_text(std::string_view key, const Value& value, const Style& style) {
  if (const auto* text = value.if_string(); text != nullptr && is_time(key)) {
    if (const auto time = support::parse_rfc3339(*text)) return support::relative_time(*time, style.now);
  }
  if (const auto* number = value.if_integer()) {
    if (is_size(key)) return support::human_bytes(*number);
    if (is_count(key)) return support::human_count(*number);
  }
  if (const auto* seconds = value.if_number(); seconds != nullptr && is_length(key))
    return support::format_duration(
        std::chrono::round<Duration>(std::chrono::duration<double>(std::strtod(seconds->text.c_str(), nullptr))));
  return plain_text(value);
}

}  // namespace

std::string plain_text(const Value& value) {
  if (value.is_null()) return {};
  if (const auto* text = value.if_string()) return *text;
  if (const auto* number = value.if_double()) return support::double_text(*number);
  if (const auto* number = value.if_number()) return number->text;
  return support::to_json(value);
}

Cell field_cell(std::string_view key, const Value& value, const Style& style) {
  if (value.is_null()) return {};
  if (const auto* items = value.if_array()) return {support::strip_control(list_text(*items))};
  if (key == "last_job") return field_cell("state", value.at("state"), style);
  if (key == "error") return {support::strip_control(plain_text(value.at("message"))), Tone::bad};
  const auto text = support::strip_control(style.terminal ? human_text(key, value, style) : plain_text(value));
  return {text, tone_of(key, text)};
}

bool is_numeric_field(std::string_view key) {
  return is_size(key) || is_count(key) || is_length(key) || key == "version";
}

std::string typed_name(std::string_view profile, std::string_view name, const Style& style) {
  if (profile.empty() || profile == style.default_profile) return std::string(name);
  return std::string(profile).append(":").append(name);
}

}  // namespace matview::output
