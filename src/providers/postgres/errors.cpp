#include "providers/postgres/errors.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "support/text.hpp"

namespace matview::providers::postgres {

namespace {

using enum ErrorCode;

constexpr std::array<std::pair<std::string_view, ErrorCode>, 17> k_states{{
    {"42501", auth},         // insufficient_privilege
    {"42P07", conflict},     // duplicate_table
    {"42710", conflict},     // duplicate_object
    {"2BP01", conflict},     // dependent_objects_still_exist
    {"55006", conflict},     // object_in_use
    {"55000", conflict},     // object_not_in_prerequisite_state
    {"40001", unavailable},  // serialization_failure
    {"40P01", unavailable},  // deadlock_detected
    {"3D000", not_found},    // invalid_catalog_name
    {"3F000", not_found},    // invalid_schema_name
    {"42P01", not_found},    // undefined_table
    {"42704", not_found},    // undefined_object
    {"55P03", locked},       // lock_not_available
    {"57014", timeout},      // query_canceled: by statement_timeout, since who asks for a cancel says so
    {"57P01", unavailable},  // admin_shutdown
    {"57P03", unavailable},  // cannot_connect_now
    {"0A000", unsupported},  // feature_not_supported
}};

constexpr std::array<std::pair<std::string_view, ErrorCode>, 6> k_classes{{
    {"08", unavailable},  // connection exception
    {"28", auth},         // invalid authorization
    {"42", usage},        // syntax error or access rule violation
    {"53", unavailable},  // insufficient resources
    {"57", unavailable},  // operator intervention
    {"58", unavailable},  // system error
}};

/// Passwords that were refused are told of in words only.
bool speaks_of_credentials(std::string_view said) {
  for (const std::string_view words :
       {"password authentication failed", "no password supplied", "authentication failed", "no pg_hba.conf entry",
        "certificate authentication", "is not permitted to log in", "role \""})
    if (said.find(words) != std::string_view::npos) return true;
  return false;
}

}  // namespace

ErrorCode code_of(std::string_view sqlstate) {
  for (const auto& [state, code] : k_states)
    if (state == sqlstate) return code;
  for (const auto& [start, code] : k_classes)
    if (sqlstate.starts_with(start)) return code;
  return failed;
}

Error to_error(const ServerError& said) {
  Error error(code_of(said.sqlstate), fmt::format("{} (SQLSTATE {})", support::strip_control(said.message),
                                                  support::strip_control(said.sqlstate)));
  error.detail = support::strip_control(said.detail, support::Newlines::keep);
  error.hint = support::strip_control(said.hint);
  error.retryable = error.code == unavailable || error.code == locked;
  return error;
}

Error connection_error(std::string_view said, bool needs_password) {
  std::string message = support::strip_control(said.substr(0, said.find('\n')));
  Error error(unavailable, std::move(message));
  if (needs_password || speaks_of_credentials(said)) {
    error.code = auth;
    if (needs_password)
      error.hint = "set password_file or password_command in the profile, or PGPASSWORD, or keep it in ~/.pgpass";
  } else if (said.find("database \"") != std::string_view::npos &&
             said.find("does not exist") != std::string_view::npos) {
    error.code = not_found;
  } else if (said.find("definition of service") != std::string_view::npos) {
    error.code = usage;
  }
  error.retryable = error.code == unavailable;
  return error;
}

}  // namespace matview::providers::postgres
