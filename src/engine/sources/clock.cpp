#include "engine/sources/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/sources/pinned.hpp"
#include "support/time_text.hpp"

namespace matview::engine {

namespace {

struct Clock {
  std::string_view function;
  std::string_view parameters;
  std::string_view value;  ///< of the time {0}, a TIMESTAMP WITH TIME ZONE
};

constexpr std::array<Clock, 9> k_clocks{{
    {"now", "", "{0}"},
    {"get_current_timestamp", "", "{0}"},
    {"transaction_timestamp", "", "{0}"},
    {"current_date", "", "CAST(CAST({0} AS TIMESTAMP) AS DATE)"},
    {"today", "", "CAST(CAST({0} AS TIMESTAMP) AS DATE)"},
    {"current_localtimestamp", "", "CAST({0} AS TIMESTAMP)"},
    {"current_localtime", "", "CAST(CAST({0} AS TIMESTAMP) AS TIME)"},
    {"get_current_time", "", "CAST({0} AS TIME WITH TIME ZONE)"},
    {"ago", "i", "({0} - CAST(i AS INTERVAL))"},
}};

struct Word {
  std::string_view word;
  std::string_view function;
};

constexpr std::array<Word, 5> k_words{{
    {"current_date", "current_date"},
    {"current_timestamp", "get_current_timestamp"},
    {"current_time", "get_current_time"},
    {"localtime", "current_localtime"},
    {"localtimestamp", "current_localtimestamp"},
}};

const Clock* find(std::string_view name) {
  const auto* found =
      std::find_if(k_clocks.begin(), k_clocks.end(), [&](const Clock& clock) { return clock.function == name; });
  return found == k_clocks.end() ? nullptr : found;
}

std::string macro(std::string_view prefix, const Clock& clock, const std::string& value) {
  return fmt::format("CREATE OR REPLACE TEMP MACRO {}{}({}) AS {}", prefix, clock.function, clock.parameters, value);
}

}  // namespace

bool is_clock_function(std::string_view name) { return find(name) != nullptr; }

std::string_view clock_of_word(std::string_view word) {
  const auto* found = std::find_if(k_words.begin(), k_words.end(), [&](const Word& each) { return each.word == word; });
  return found == k_words.end() ? std::string_view() : found->function;
}

bool only_clocks(const Syntax& syntax, const std::vector<std::string>& unstable) {
  return std::all_of(unstable.begin(), unstable.end(), [&](const std::string& each) {
    if (!each.ends_with("()")) return !clock_of_word(each).empty();
    const auto name = each.substr(0, each.size() - 2);
    const auto& qualified = syntax.qualified;
    return is_clock_function(name) && std::find(qualified.begin(), qualified.end(), name) == qualified.end();
  });
}

PinnedSource clock_source() { return {std::string(k_clock_name), std::string(k_clock_kind), to_json(Pinned{})}; }

SourceState clock_state(Time time) {
  SourceState state;
  state.source = k_clock_name;
  state.version = time.time_since_epoch().count();
  state.object_id = k_clock_kind;
  return state;
}

std::optional<Time> clock_time(const SourceVector& states) {
  for (const auto& state : states)
    if (state.object_id == k_clock_kind && state.version) return Time(Duration(*state.version));
  return std::nullopt;
}

std::vector<std::string> clock_macros(Time time, std::string_view prefix) {
  const auto literal = fmt::format("TIMESTAMPTZ '{}'", support::format_rfc3339(time));
  std::vector<std::string> statements;
  for (const auto& clock : k_clocks)
    statements.push_back(macro(prefix, clock, fmt::format(fmt::runtime(clock.value), literal)));
  return statements;
}

std::string clock_alias(std::string_view name, std::string_view prefix, std::string_view original) {
  const auto* clock = find(name);
  return clock ? macro(prefix, *clock, fmt::format("{}{}({})", original, name, clock->parameters)) : std::string();
}

}  // namespace matview::engine
