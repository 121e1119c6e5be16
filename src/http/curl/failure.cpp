#include "http/curl/failure.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "support/duration.hpp"
#include "support/pause.hpp"
#include "support/text.hpp"

namespace matview::http {

namespace {

constexpr std::string_view k_proxy_hint =
    "the proxy comes from HTTPS_PROXY, http_proxy or ALL_PROXY; NO_PROXY names the hosts that need none";

Error trouble(std::string message) { return Error(ErrorCode::unavailable, std::move(message)); }

std::string place_of(const Url& url) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  return support::strip_control(is_ipv6 ? fmt::format("[{}]:{}", url.host, url.port)
                                        : fmt::format("{}:{}", url.host, url.port));
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t k_mib = 1 << 20;
  return bytes % k_mib == 0 ? fmt::format("{} MiB", bytes / k_mib) : support::count_noun(bytes, "byte");
}

std::string lower_first(std::string text) {
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

/// libcurl's words without what we say ourselves and without addresses of code: "SSL certificate problem: …",
/// "error:0A00010B:SSL routines::wrong version number".
std::string tls_reason(std::string_view text) {
  for (const std::string_view prefix : {"SSL certificate problem: ", "SSL: ", "TLS connect error: "})
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  if (text.starts_with("error:"))
    if (const auto last = text.rfind(':'); last + 1 < text.size()) text.remove_prefix(last + 1);
  return lower_first(support::strip_control(text));
}

/// Where libcurl tried to connect to, if not to the host of the request: "Failed to connect to HOST port N after …".
std::string proxy_of(const Exchange& exchange, const Url& url) {
  constexpr std::string_view k_before = "Failed to connect to ";
  constexpr std::string_view k_between = " port ";
  const std::string_view text = exchange.reason;
  const auto between = text.find(k_between);
  if (!text.starts_with(k_before) || between == std::string_view::npos) return {};
  const auto host = text.substr(k_before.size(), between - k_before.size());
  auto port = text.substr(between + k_between.size());
  port = port.substr(0, port.find_first_not_of("0123456789"));
  if (host == url.host && port == std::to_string(url.port)) return {};
  return support::strip_control(fmt::format("{}:{}", host, port));
}

Error not_connected(const Exchange& exchange, const Url& url, const TransportOptions& options) {
  const auto place = place_of(url);
  switch (exchange.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return trouble(fmt::format("cannot find the address of '{}'", support::strip_control(url.host)))
          .with_hint("check the profile's url and the network")
          .with_retryable();
    case CURLE_COULDNT_RESOLVE_PROXY:
      return trouble(fmt::format("cannot find the address of the proxy to {}", place))
          .with_hint(std::string(k_proxy_hint))
          .with_retryable();
    case CURLE_OPERATION_TIMEDOUT:
      return trouble(fmt::format("cannot connect to {}: no answer within {}", place,
                                 support::format_duration(options.connect_timeout)))
          .with_hint("check the profile's url, the network and, where there is one, the proxy")
          .with_retryable();
    case CURLE_PEER_FAILED_VERIFICATION:
      return trouble(fmt::format("the certificate of {} is not trusted: {}", place, tls_reason(exchange.reason)))
          .with_hint("if an authority of your own signed it, name its certificate (PEM) in the profile's ca_file");
    case CURLE_SSL_CACERT_BADFILE:
      if (options.ca_file.empty())
        return trouble("cannot read the system's certificate authorities")
            .with_hint("install them (Debian: ca-certificates), or name a PEM file in the profile's ca_file");
      return Error(ErrorCode::usage, fmt::format("cannot read certificates from ca_file '{}'", options.ca_file))
          .with_hint("it must be a file of certificates in PEM form");
    case CURLE_SSL_CERTPROBLEM:
      return Error(ErrorCode::usage, fmt::format("cannot use the certificate in cert_file '{}': {}", options.cert_file,
                                                 tls_reason(exchange.reason)))
          .with_hint("cert_file and key_file must be in PEM form and belong together, and the key have no passphrase");
    case CURLE_SSL_CONNECT_ERROR:
      return trouble(fmt::format("cannot agree on TLS with {}: {}", place, tls_reason(exchange.reason)))
          .with_hint("check whether the profile's url should begin with http:// or name another port")
          .with_retryable();
    case CURLE_COULDNT_CONNECT: {
      const auto proxy = proxy_of(exchange, url);
      const auto why = exchange.os_error == ECONNREFUSED ? std::string("connection refused")
                       : exchange.os_error != 0
                           ? lower_first(std::generic_category().message(static_cast<int>(exchange.os_error)))
                           : std::string("no connection");
      if (!proxy.empty())
        return trouble(fmt::format("cannot connect to {} through the proxy {}: {}", place, proxy, why))
            .with_hint(std::string(k_proxy_hint))
            .with_retryable();
      return trouble(fmt::format("cannot connect to {}: {}", place, why))
          .with_hint("check the profile's url and whether the service is running")
          .with_retryable();
    }
    default: break;
  }
  if (exchange.proxy_status != 0 && exchange.proxy_status / 100 != 2)
    return trouble(fmt::format("the proxy refuses to connect to {} (HTTP {})", place, exchange.proxy_status))
        .with_hint(std::string(k_proxy_hint));
  return trouble(fmt::format("cannot connect to {}: {}", place, lower_first(support::strip_control(exchange.reason))))
      .with_retryable();
}

Error lost(const Exchange& exchange, const Url& url) {
  const auto place = place_of(url);
  // With TLS 1.3 a client learns only now that its handshake did not please the server.
  if (!exchange.answered && exchange.reason.find("alert certificate required") != std::string::npos)
    return trouble(fmt::format("{} asks for a certificate of yours", place))
        .with_hint("name it in the profile's cert_file, and its key in key_file");
  switch (exchange.code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return trouble(fmt::format("what {} answers is not HTTP", place))
          .with_hint("check host and port in the profile's url");
    case CURLE_BAD_CONTENT_ENCODING:
      return trouble(fmt::format("the answer of {} cannot be decompressed", place)).with_retryable();
    default:
      return trouble(exchange.answered ? fmt::format("the connection to {} was lost in the middle of the answer", place)
                                       : fmt::format("the connection to {} was lost before the answer", place))
          .with_retryable();
  }
}

Error cut_off(const Exchange& exchange, const Url& url, const TransportOptions& options, const Control& control) {
  const auto place = place_of(url);
  switch (exchange.cutoff) {
    case Cutoff::stop: {
      const auto stopped = support::check_control(control);
      return stopped ? Error(ErrorCode::interrupted, "stopped") : stopped.error();
    }
    case Cutoff::stall:
      return trouble(fmt::format("nothing came from {} for {}", place, support::format_duration(options.stall_timeout)))
          .with_retryable();
    case Cutoff::total:
      return trouble(fmt::format("{} did not finish its answer within {}", place,
                                 support::format_duration(options.total_timeout)))
          .with_retryable();
    default:
      return trouble(fmt::format("the answer of {} is larger than {}", place, size_text(options.response_limit)));
  }
}

}  // namespace

std::optional<Error> failure_of(const Exchange& exchange, const Url& url, const TransportOptions& options,
                                const Control& control) {
  if (exchange.cutoff == Cutoff::none && exchange.code == CURLE_OK) return std::nullopt;
  auto error = exchange.cutoff != Cutoff::none ? cut_off(exchange, url, options, control)
               : exchange.connected            ? lost(exchange, url)
                                               : not_connected(exchange, url, options);
  error.unanswered = exchange.sent;
  return error;
}

}  // namespace matview::http
