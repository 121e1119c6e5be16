#include "providers/thoughtspot/materialization.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/fault.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr int k_day = 24 * 60;
constexpr int k_deepest = 8;

/// Minutes since midnight.
std::optional<int> read_clock(std::string_view text) {
  std::size_t at = 0;
  const auto skip_spaces = [&] {
    while (at < text.size() && text[at] == ' ') ++at;
  };
  const auto number = [&]() -> std::optional<int> {
    int value = 0;
    const auto begin = at;
    for (; at < text.size() && at - begin < 2 && std::isdigit(static_cast<unsigned char>(text[at])); ++at)
      value = value * 10 + (text[at] - '0');
    return at == begin ? std::nullopt : std::optional(value);
  };
  skip_spaces();
  const auto hour = number();
  if (!hour) return std::nullopt;
  int minute = 0;
  if (at < text.size() && text[at] == ':') {
    ++at;
    const auto minutes = number();
    if (!minutes) return std::nullopt;
    minute = *minutes;
  }
  skip_spaces();
  std::string half;
  for (; at < text.size() && text[at] != ' '; ++at)
    half += static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
  skip_spaces();
  if (at != text.size() || minute > 59) return std::nullopt;
  if (half.empty()) return *hour > 23 ? std::nullopt : std::optional(*hour * 60 + minute);
  if ((half != "AM" && half != "PM") || *hour < 1 || *hour > 12) return std::nullopt;
  return (*hour % 12 + (half == "PM" ? 12 : 0)) * 60 + minute;
}

std::string clock_text(int minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

const Value* find_object(const Value& value, std::string_view key, int depth) {
  const auto* members = value.if_object();
  if (members == nullptr || depth > k_deepest) return nullptr;
  if (value.at(key).if_object() != nullptr) return &value.at(key);
  for (const auto& [name, member] : *members)
    if (const auto* found = find_object(member, key, depth + 1)) return found;
  return nullptr;
}

}  // namespace

HttpRequest configuration_request(const Address& address) {
  auto request = v1_get(address, "admin/configinfo", {}, "ask how views are materialized");
  request.private_answer = true;
  return request;
}

Result<std::optional<Materialization>> read_configuration(const HttpResponse& response) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  const auto* found = find_object(document, "materializationConfig", 0);
  if (found == nullptr) return std::optional<Materialization>();
  Materialization result;
  result.raw = *found;
  result.enabled = remote::boolean(*found, "enabled");
  result.most_views = remote::integer(*found, "maxMaterializedViewsPerCluster");
  if (const auto hours = remote::real(*found, "materializationHours"))
    result.window = window_text(remote::text(*found, "refreshWindowStartTime"), *hours);
  return std::optional(std::move(result));
}

std::string window_text(std::string_view start, double hours) {
  const auto from = read_clock(start);
  if (!from || !(hours > 0) || hours > 24) return {};
  const int to = (*from + static_cast<int>(std::lround(hours * 60))) % k_day;
  return clock_text(*from) + "-" + clock_text(to);
}

HttpRequest system_request(const Address& address) {
  auto request = v1_get(address, "", {}, "ask for the version");
  request.url = http::join_url(address.v2, "system");
  return request;
}

Result<System> read_system(const HttpResponse& response) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  return System{remote::text(document, "release_version"), remote::text(document, "type"),
                remote::text(document, "time_zone")};
}

}  // namespace matview::providers::thoughtspot
