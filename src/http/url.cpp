#include "http/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace matview::http {

namespace {

bool is_unreserved(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// What libcurl takes for a host as well: two readings of one address would be two hosts. Bytes above ASCII are those
/// of an international name.
bool is_host(std::string_view host, bool is_ipv6) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [&](unsigned char c) {
    if (is_ipv6) return std::isxdigit(c) != 0 || c == ':' || c == '.';
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c >= 0x80;
  });
}

Error no_address(std::string_view text, std::string_view why) {
  // Not the text itself where it may hold a password.
  return Error(ErrorCode::usage, text.find('@') == std::string_view::npos
                                     ? fmt::format("'{}' is no address: {}", text, why)
                                     : fmt::format("this is no address: {}", why))
      .with_hint("write it as https://example.com or https://example.com:8443/path");
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string result;
  for (const unsigned char c : text) {
    if (is_unreserved(c))
      result += static_cast<char>(c);
    else
      result += fmt::format("%{:02X}", c);
  }
  return result;
}

std::string encode_parameters(const Parameters& parameters) {
  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result += '&';
    result += percent_encode(name) + '=' + percent_encode(value);
  }
  return result;
}

std::string decode_form_text(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr == text.data() + i + 3) {
      result += static_cast<char>(code);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

std::string join_url(std::string_view base, std::string_view path, const Parameters& parameters) {
  while (base.ends_with('/')) base.remove_suffix(1);
  while (path.starts_with('/')) path.remove_prefix(1);
  std::string url = fmt::format("{}/{}", base, path);
  if (!parameters.empty()) url += '?' + encode_parameters(parameters);
  return url;
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return fail(no_address(text, "it does not begin with https://"));
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return fail(no_address(text, "it is neither http nor https"));
  for (const unsigned char c : text)
    if (c <= 0x20 || c == 0x7f || c == '\\')
      return fail(no_address("", "it holds a space, '\\' or a control character"));
  auto rest = text.substr(colon + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = rest.substr(0, slash);
  url.path = rest.substr(slash);
  if (authority.find('@') != std::string_view::npos)
    return fail(no_address(text, "it holds a user name; credentials have keys of their own"));
  if (url.path.find('#') != std::string::npos) return fail(no_address(text, "it has a '#'"));
  if (!url.path.starts_with('/')) url.path.insert(0, 1, '/');

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return fail(no_address(text, "its '[' is not closed"));
    url.host = lower(authority.substr(1, end - 1));
    port = authority.substr(end + 1);
  } else {
    const auto at = std::min(authority.find(':'), authority.size());
    url.host = lower(authority.substr(0, at));
    port = authority.substr(at);
  }
  if (url.host.empty()) return fail(no_address(text, "it has no host"));
  if (!is_host(url.host, authority.starts_with('['))) return fail(no_address(text, "it has no host that can be one"));
  url.port = url.scheme == "https" ? 443 : 80;
  if (port.empty()) return url;
  if (port.front() != ':') return fail(no_address(text, "something stands between its ']' and its port"));
  port.remove_prefix(1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc() || end != port.data() + port.size() || url.port < 1 || url.port > 65535)
    return fail(no_address(text, "its port is no number from 1 to 65535"));
  return url;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace matview::http
