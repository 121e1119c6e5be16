#include "engine/refresh/reasons.hpp"

#include <algorithm>

namespace matview::engine {

namespace {

constexpr std::array<std::string_view, 18> k_clocks{
    "now()",
    "get_current_timestamp()",
    "transaction_timestamp()",
    "get_current_time()",
    "current_date()",
    "current_date",
    "current_timestamp",
    "current_time",
    "localtime",
    "localtimestamp",
    "today()",
    "today",
    "current_localtimestamp()",
    "current_localtime()",
    "ago()",
    "age()",
    "current_timestamp()",
    "current_time()",
};

}  // namespace

bool is_coded_reason(std::string_view code) {
  return std::any_of(k_coded_reasons.begin(), k_coded_reasons.end(),
                     [&](const CodedReason& reason) { return reason.code == code; });
}

std::string_view code_of_unstable(const std::vector<std::string>& functions) {
  const auto is_clock = [](const std::string& name) {
    return std::find(k_clocks.begin(), k_clocks.end(), name) != k_clocks.end();
  };
  // Of several the one that stands in the way of most is told.
  for (const auto& name : functions)
    if (!is_clock(name) && name != "TABLESAMPLE") return "VOLATILE_FUNCTION";
  for (const auto& name : functions)
    if (name == "TABLESAMPLE") return "SAMPLE";
  return "TIME_FUNCTION";
}

}  // namespace matview::engine
