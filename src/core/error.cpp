#include "matview/error.hpp"

namespace matview {

namespace {

struct CodeEntry {
  ErrorCode code;
  std::string_view symbol;
  int exit_code;
};

// The contract of the command line, section 3. Scripts depend on both columns.
constexpr CodeEntry k_codes[] = {
    {ErrorCode::failed, "FAILED", 1},
    {ErrorCode::usage, "USAGE", 2},
    {ErrorCode::partial, "PARTIAL", 3},
    {ErrorCode::auth, "AUTH", 4},
    {ErrorCode::differs, "DIFFERS", 5},
    {ErrorCode::not_found, "NOT_FOUND", 6},
    {ErrorCode::unavailable, "UNAVAILABLE", 7},
    {ErrorCode::timeout, "TIMEOUT", 8},
    {ErrorCode::unsupported, "UNSUPPORTED", 9},
    {ErrorCode::conflict, "CONFLICT", 10},
    {ErrorCode::locked, "LOCKED", 11},
    {ErrorCode::internal, "INTERNAL", 70},
    {ErrorCode::interrupted, "INTERRUPTED", 130},
    {ErrorCode::terminated, "TERMINATED", 143},
};

const CodeEntry& entry(ErrorCode code) {
  for (const auto& candidate : k_codes)
    if (candidate.code == code) return candidate;
  return k_codes[11];
}

}  // namespace

std::string_view symbol(ErrorCode code) { return entry(code).symbol; }

int exit_code(ErrorCode code) { return entry(code).exit_code; }

std::optional<ErrorCode> error_code_from(std::string_view text) {
  for (const auto& candidate : k_codes)
    if (candidate.symbol == text) return candidate.code;
  return std::nullopt;
}

}  // namespace matview
