#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::providers::lance {

// The error model of the namespace specification: {"error", "code", "detail", "instance"} with a code of 0 to 23. The
// older shape {"type", "title", "status", "detail", "instance"} and plain text occur as well; then the status decides.

constexpr std::int64_t k_unsupported = 0;
constexpr std::int64_t k_namespace_not_found = 1;
constexpr std::int64_t k_table_not_found = 4;
constexpr std::int64_t k_table_exists = 5;

/// "TableNotFound"; empty for a code that the specification does not have.
std::string_view code_name(std::int64_t code);

/// The code in the body of an answer that is no success.
std::optional<std::int64_t> error_code(const HttpResponse& response);

/// The error of an answer that is no success: what the server said, code and status. 502, 504, and a 500 that says
/// nothing in the server's own words, leave open what was done: `unanswered`.
Error read_error(const HttpResponse& response);

/// The body of a success as JSON, or the error.
Result<Value> read_json(const HttpResponse& response);

/// Success, whatever the body.
Result<void> read_nothing(const HttpResponse& response);

/// True where the server does not have what was asked for at all: 405, 406, 501, the code Unsupported.
bool is_unsupported(const HttpResponse& response);

}  // namespace matview::providers::lance
