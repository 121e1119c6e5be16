#include "providers/external/reader.hpp"

#include <fmt/format.h>

#include <cmath>

#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::external {

namespace {

constexpr double k_longest_seconds = 1e12;  // microseconds of it still fit

}  // namespace

Reader::Reader(const Value& object, std::string what) : object_(object), what_(std::move(what)) {
  if (object.if_object() == nullptr) problem_ = Error(ErrorCode::failed, fmt::format("{} is no object", what_));
}

void Reader::wrong(std::string_view key, std::string_view why) {
  adopt(Error(ErrorCode::failed, fmt::format("'{}' of {}: {}", key, what_, support::strip_control(why))));
}

void Reader::adopt(Error error) {
  if (!problem_) problem_ = std::move(error);
}

std::string Reader::text(std::string_view key) {
  const Value& member = value(key);
  if (const auto* text = member.if_string()) return *text;
  if (!member.is_null()) wrong(key, "it is no text");
  return {};
}

std::string Reader::needed_text(std::string_view key) {
  auto found = text(key);
  if (found.empty()) wrong(key, "it is missing");
  return found;
}

std::optional<std::int64_t> Reader::integer(std::string_view key) {
  const Value& member = value(key);
  if (const auto* number = member.if_integer()) return *number;
  if (!member.is_null()) wrong(key, "it is no whole number");
  return std::nullopt;
}

std::optional<double> Reader::real(std::string_view key) {
  const Value& member = value(key);
  if (const auto* number = member.if_double()) return *number;
  if (const auto* number = member.if_integer()) return static_cast<double>(*number);
  if (!member.is_null()) wrong(key, "it is no number");
  return std::nullopt;
}

std::optional<bool> Reader::boolean(std::string_view key) {
  const Value& member = value(key);
  if (const auto* flag = member.if_bool()) return *flag;
  if (!member.is_null()) wrong(key, "it is neither true nor false");
  return std::nullopt;
}

std::optional<Time> Reader::time(std::string_view key) {
  const std::string given = text(key);
  if (given.empty()) return std::nullopt;
  const auto parsed = support::parse_rfc3339(given);
  if (parsed) return *parsed;
  wrong(key, "it is no time as 2026-11-21T02:57:30Z");
  return std::nullopt;
}

std::optional<Duration> Reader::seconds(std::string_view key) {
  const auto number = real(key);
  if (!number) return std::nullopt;
  if (std::isfinite(*number) && *number >= 0 && *number < k_longest_seconds)
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*number));
  wrong(key, "it is no length of time");
  return std::nullopt;
}

std::vector<std::string> Reader::texts(std::string_view key) {
  std::vector<std::string> result;
  for (const auto& item : items(key)) {
    if (const auto* text = item.if_string())
      result.push_back(*text);
    else
      wrong(key, "it is no list of texts");
  }
  return result;
}

const Value::Array& Reader::items(std::string_view key) {
  static const Value::Array k_none;
  const Value& member = value(key);
  if (const auto* array = member.if_array()) return *array;
  if (!member.is_null()) wrong(key, "it is no list");
  return k_none;
}

}  // namespace matview::providers::external
