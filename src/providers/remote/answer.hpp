#pragma once

#include <string>
#include <string_view>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::providers::remote {

bool is_success(const HttpResponse& response);

/// True for an HTML page, by its type or by how it begins: a login or maintenance page in the place of an answer.
bool is_html(const HttpResponse& response);

/// The body of a 2xx as JSON. `unavailable` where it is a page or no JSON (cut short, as by a proxy); it is then
/// `unanswered`, since the backend did its work.
Result<Value> json_body(const HttpResponse& response);

/// The error of an answer that is no success: its code by the status (401, 403: auth; 404, 410: not_found; 409:
/// conflict; 405, 406, 501: unsupported; 408, 429, 5xx: unavailable and retryable; else failed), its message
/// "`said` (HTTP 404)", http_status, and the request's id from the headers. `said` is what the backend said, one line;
/// where it is empty the status's own words stand there. Providers refine what comes out.
Error http_error(const HttpResponse& response, std::string_view said);

/// The first line of a body that is not JSON, without tags, at most 200 bytes.
std::string first_line(std::string_view body);

/// Puts "request: METHOD URL" into the detail, for errors that a person will look into. The query stays away.
Error with_request(Error error, const HttpRequest& request);

}  // namespace matview::providers::remote
