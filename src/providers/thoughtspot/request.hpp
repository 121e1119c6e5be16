#pragma once

#include <string>
#include <string_view>

#include "http/url.hpp"
#include "matview/http.hpp"
#include "matview/value.hpp"
#include "providers/thoughtspot/address.hpp"

namespace matview::providers::thoughtspot {

// What all requests have in common. `path` is encoded and begins with no '/'. The session adds the credentials.

HttpRequest v1_get(const Address& address, std::string_view path, const http::Parameters& query, std::string purpose);

/// A POST whose body is a form. Version 1 takes lists as JSON in a field: see `json_list`.
HttpRequest v1_form(const Address& address, std::string_view path, const http::Parameters& form, std::string purpose);

HttpRequest v2_json(const Address& address, std::string_view path, const Value& body, std::string purpose);

/// `["a","b"]`
std::string json_list(const std::vector<std::string>& texts);

/// The answer that a dry run assumes: 200 with this document.
HttpResponse assumed_document(const Value& document);

}  // namespace matview::providers::thoughtspot
