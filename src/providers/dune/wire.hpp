#pragma once

#include <string>
#include <string_view>

#include "http/url.hpp"
#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"

namespace matview::providers::dune {

// The form of every request and of every refusal. `api` is the address up to and with "/api"; the key is no part of the
// builders: whoever sends adds it.

HttpRequest get_request(std::string purpose, std::string_view api, std::string_view path,
                        const http::Parameters& parameters = {});

/// With a JSON body; a null one means no body at all.
HttpRequest post_request(std::string purpose, std::string_view api, std::string_view path, const Value& body);

/// A 200 with this body: what a dry run takes for the answer.
HttpResponse assumed(const Value& body);

/// The error of an answer that is no success. The service says `{"error": "text"}`; an object in its place, `message`
/// and whatever a gateway writes are understood too. 402, 403 and the like get a hint.
Error read_error(const HttpResponse& response);

/// The JSON of a success, or the error of anything else.
Result<Value> read_body(const HttpResponse& response);

/// For requests that start something: an internal error, a gateway's time-out and a torn answer may have come after the
/// work was done.
Error maybe_done(Error error);

}  // namespace matview::providers::dune
