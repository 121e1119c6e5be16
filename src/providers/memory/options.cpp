#include "providers/memory/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace matview::providers::memory {

namespace {

const std::vector<std::string>& failures() {
  static const std::vector<std::string> k_failures{"failed",   "auth",   "unavailable", "timeout",
                                                   "conflict", "locked", "internal"};
  return k_failures;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

const std::vector<std::string>* given(const OptionValues& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() || found->second.empty() ? nullptr : &found->second;
}

Result<std::optional<std::int64_t>> count(const OptionValues& values, const std::string& name) {
  const auto* texts = given(values, name);
  if (!texts) return std::optional<std::int64_t>();
  const std::string& text = texts->back();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return fail(ErrorCode::usage, fmt::format("--{} takes a whole number from 0 on, not '{}'", name, text));
  return std::optional(value);
}

}  // namespace

std::vector<OptionSpec> options() {
  using enum Operation;
  return {
      {"rows", "N", "how many rows a refresh finds", {create}, false, {}},
      {"upstream", "NAME", "a view that this one reads", {create}, true, {}},
      {"delay", "MS", "how many milliseconds a refresh takes", {create, refresh}, false, {}, nullptr, true},
      {"stop-delay",
       "MS",
       "how many milliseconds pass before it notices that it is to stop",
       {refresh},
       false,
       {},
       nullptr,
       true},
      {"fail-with", "CODE", "the error a refresh ends with", {create, refresh}, false, failures(), nullptr, true},
  };
}

Result<Options> read_options(const OptionValues& values) {
  Options options;
  MATVIEW_ASSIGN(options.rows, count(values, "rows"));
  MATVIEW_ASSIGN(options.delay, count(values, "delay"));
  MATVIEW_ASSIGN(const auto stop_delay, count(values, "stop-delay"));
  options.stop_delay = stop_delay.value_or(0);
  if (const auto* names = given(values, "upstream")) options.upstream = *names;
  if (const auto* codes = given(values, "fail-with")) {
    if (std::find(failures().begin(), failures().end(), codes->back()) == failures().end())
      return fail(ErrorCode::usage, fmt::format("--fail-with does not know the error '{}'", codes->back()));
    options.fail_with = upper(codes->back());
  }
  return options;
}

}  // namespace matview::providers::memory
