#include <algorithm>
#include <string>

#include "fuzz/fuzz.hpp"
#include "http/url.hpp"

// An address that is taken is one host, one port and nothing that could be a password or another line.
MATVIEW_FUZZ_TARGET(input) {
  const auto url = matview::http::parse_url(input);
  if (url) {
    MATVIEW_FUZZ_CHECK(url->scheme == "http" || url->scheme == "https");
    MATVIEW_FUZZ_CHECK(!url->host.empty());
    MATVIEW_FUZZ_CHECK(url->host.find_first_of("@/?#\\") == std::string::npos);
    MATVIEW_FUZZ_CHECK(url->port >= 1 && url->port <= 65535);
    MATVIEW_FUZZ_CHECK(url->path.starts_with('/'));
    for (const auto& part : {url->host, url->path})
      MATVIEW_FUZZ_CHECK(
          std::none_of(part.begin(), part.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7f; }));
    // Scheme, host and port alone decide whether a redirect is followed: they must be the same when read again.
    const bool is_ipv6 = url->host.find(':') != std::string::npos;
    const auto host = is_ipv6 ? "[" + url->host + "]" : url->host;
    const auto again =
        matview::http::parse_url(url->scheme + "://" + host + ":" + std::to_string(url->port) + url->path);
    MATVIEW_FUZZ_CHECK(again);
    MATVIEW_FUZZ_CHECK(again->host == url->host && again->port == url->port && again->path == url->path);
  }
  const auto encoded = matview::http::percent_encode(input);
  MATVIEW_FUZZ_CHECK(matview::http::parse_url("https://h/" + encoded));
}
