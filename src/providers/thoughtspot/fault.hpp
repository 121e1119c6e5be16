#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::providers::thoughtspot {

/// What an answer that is no success says, in whichever of the shapes that are in use: flat (version 1), `error` with a
/// `message` that is an object, a text, or holds a `debug` that is one; `debug` may be JSON in a text. Empty where the
/// body is empty or a web page.
struct Fault {
  std::optional<std::int64_t> code;  ///< ThoughtSpot's, as 10002; not HTTP's
  std::string text;                  ///< one line, without control characters
  std::string incident;              ///< what its support asks for
  std::string trace;
};

constexpr std::int64_t k_system_error = 10000;
constexpr std::int64_t k_object_not_found = 13003;

Fault read_fault(const HttpResponse& response);

/// The same of an error that stands in a document, as for one object of several inside a 200.
Fault read_fault(const Value& document);

/// The error of an answer that is no success: remote::http_error refined by the fault's code, with incident and trace
/// in the message and in request_id.
Error read_error(const HttpResponse& response);

/// "(HTTP 400, code 10002, incident …, trace …)"
std::string reference_of(const HttpResponse& response, const Fault& fault);

/// True if the server has no such call, as an older one: 404 or 405 that tells of no missing object.
bool is_missing_call(const HttpResponse& response);

/// A 2xx that is a web page: the front door answers so during maintenance. `unavailable`.
Result<void> check_no_page(const HttpResponse& response);

/// The JSON of a success, or the error.
Result<Value> read_document(const HttpResponse& response);

/// One line of what a server wrote: line breaks of HTML become "; ", what follows the first line goes (stack traces),
/// "Error Code: X Incident Id: Y Error Message: Z" becomes Z. At most 300 bytes.
std::string plain_line(std::string_view text);

}  // namespace matview::providers::thoughtspot
