#include "http/curl/redirect.hpp"

#include <fmt/format.h>

#include <memory>

#include "support/text.hpp"

namespace matview::http {

namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// `location` as seen from `base` (RFC 3986, 5.2), without a fragment; empty where it is no address.
std::string resolve(const CurlApi& api, const std::string& base, const std::string& location) {
  const std::unique_ptr<CURLU, decltype(api.url_cleanup)> url(api.url(), api.url_cleanup);
  if (!url || api.url_set(url.get(), CURLUPART_URL, base.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK ||
      api.url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_URLENCODE) != CURLUE_OK)
    return {};
  api.url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  char* text = nullptr;
  if (api.url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return {};
  std::string result(text);
  api.free(text);
  return result;
}

std::string origin(const Url& url) {
  return support::strip_control(fmt::format("{}://{}:{}", url.scheme, url.host, url.port));
}

Error refused(const Url& from, std::string_view what, int status) {
  Error error(ErrorCode::unavailable, fmt::format("{} answered with a redirect {} (HTTP {}), which is not followed",
                                                  origin(from), what, status));
  error.hint = "set the profile's url to the address of the service itself";
  error.http_status = status;
  // 307 and 308 mean: not here, send it again there. After the others the server may well have done its work.
  error.unanswered = status != 307 && status != 308;
  return error;
}

}  // namespace

Result<std::optional<std::string>> redirect_of(const CurlApi& api, const HttpRequest& request, const std::string& url,
                                               const HttpResponse& response) {
  const auto* location = response.headers.find("Location");
  if (!is_redirect(response.status) || !location) return std::nullopt;
  MATVIEW_ASSIGN(const auto from, parse_url(url));
  const auto target = resolve(api, url, *location);
  const auto to = parse_url(target);
  if (!to) return fail(refused(from, "to something that is no http address", response.status));
  if (to->scheme != from.scheme || to->host != from.host || to->port != from.port)
    return fail(refused(from, "to " + origin(*to), response.status));
  if (request.method != "GET") return fail(refused(from, "to another path", response.status));
  return target;
}

}  // namespace matview::http
