#include "engine/refresh/refresh_mode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace matview::engine {

namespace {

constexpr std::array<std::string_view, 3> k_unavoidable{"NEVER_FILLED", "DEFINITION_CHANGED", "USER_SPECIFIED_FULL"};

std::string coded(std::string_view code, std::string_view reason) {
  return reason.empty() ? std::string(code) : fmt::format("{}: {}", code, reason);
}

}  // namespace

bool weighs_cost(const ViewDefinition& definition) { return definition.refresh_mode == "auto"; }

bool allows_incremental(const ViewDefinition& definition) { return definition.refresh_mode != "full"; }

Result<void> require_mode(const ViewDefinition& definition, std::string_view code, std::string_view reason) {
  const auto& mode = definition.refresh_mode;
  if ((mode != "incremental" && mode != "strict") || code.empty()) return {};
  return fail(
      Error(ErrorCode::unsupported, fmt::format("it can only be refreshed in full ({})", coded(code, reason)))
          .with_hint(fmt::format("--refresh-mode auto takes it; 'matview explain' with the same query tells what "
                                 "stands in the way")));
}

Result<void> allow_full(const ViewDefinition& definition, std::string_view code, std::string_view reason) {
  if (definition.refresh_mode != "strict") return {};
  if (std::find(k_unavoidable.begin(), k_unavoidable.end(), code) != k_unavoidable.end()) return {};
  return fail(Error(ErrorCode::failed,
                    fmt::format("its refresh mode is strict and it would run in full ({})", coded(code, reason)))
                  .with_hint(fmt::format("matview refresh '{}' --full computes everything once", definition.name)));
}

}  // namespace matview::engine
