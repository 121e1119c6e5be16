#pragma once

#include <optional>
#include <string>

#include "matview/http.hpp"
#include "matview/value.hpp"
#include "providers/lance/identifier.hpp"

namespace matview::providers::lance {

/// Where requests go, and what every body begins with.
struct Endpoint {
  std::string url;  ///< without a trailing slash
  Value identity;   ///< credentials for servers that read them from the body; null: none
};

/// Statuses after which what starts or changes something may be sent again: the server says that it did nothing.
RetryRule busy_only();

/// A POST with a JSON body; `body` may be null for {}. `path` begins at the endpoint and is encoded.
HttpRequest post(const Endpoint& endpoint, std::string purpose, std::string_view path,
                 const http::Parameters& parameters, Value body);

/// A POST of which the specification says that it has no body.
HttpRequest post_without_body(const Endpoint& endpoint, std::string purpose, std::string_view path,
                              const http::Parameters& parameters);

HttpRequest get(const Endpoint& endpoint, std::string purpose, std::string_view path,
                const http::Parameters& parameters);

/// A body that names what it is about: {"id": ["a", "b"]}.
Value body_with_id(const Identifier& id);

/// The parameters of a page: the delimiter and, but for the first, its token.
http::Parameters page_parameters(const Identifier& id, std::string_view token);

}  // namespace matview::providers::lance
