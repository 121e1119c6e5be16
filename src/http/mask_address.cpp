#include <algorithm>
#include <string>

#include "http/secret_names.hpp"
#include "http/url.hpp"

namespace matview::http {

namespace {

constexpr std::string_view k_mask = "***";

bool is_secret_parameter(std::string_view name) {
  // In an address nothing else is called so: `?key=` and `?sig=` are what lets one in.
  return is_secret_name(name) || name == "key" || name == "sig" || name == "signature";
}

/// `name=value` pieces with something between them.
std::string mask_parameters(std::string_view text, std::string_view between) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(between), text.size());
    const auto piece = text.substr(0, end);
    const auto equals = piece.find('=');
    const bool secret = equals != std::string_view::npos && equals + 1 < piece.size() &&
                        is_secret_parameter(decode_form_text(piece.substr(0, equals)));
    result.append(secret ? piece.substr(0, equals + 1) : piece).append(secret ? k_mask : "");
    result.append(text.substr(end, end < text.size() ? 1 : 0));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// How long the part is that names user, host and port. A password with a '/' that should have been encoded ends it
/// early; what has no number for a port is taken for one.
std::size_t authority_length(std::string_view rest) {
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, end);
  const auto last = rest.rfind('@');
  const auto colon = authority.find(':');
  if (authority.starts_with('[') || last == std::string_view::npos || last < end || colon == std::string_view::npos)
    return end;
  const auto port = authority.substr(colon + 1);
  const bool number = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number) return end;
  return last + 1 + std::min(rest.substr(last + 1).find_first_of("/?#"), rest.size() - last - 1);
}

bool is_web(std::string_view scheme) {
  return scheme.starts_with("http") || scheme.starts_with("HTTP") || scheme.starts_with("Http");
}

std::string mask_authority(std::string_view authority, bool web) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(authority);
  const auto user = authority.substr(0, at);
  const auto colon = user.find(':');
  std::string result;
  if (colon != std::string_view::npos) result.append(user.substr(0, colon + 1)).append(k_mask);
  // Of the web, a name alone is as a rule a token.
  else if (web)
    result.append(k_mask);
  else
    result.append(user);
  return result.append(authority.substr(at));
}

/// libpq's other form: words, values quoted where they hold blanks, blanks around '=' as one likes.
std::string mask_words(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  const auto blanks = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n')) result += text[at++];
  };
  while (at < text.size()) {
    blanks();
    const auto begin = at;
    while (at < text.size() && std::string_view("= \t\n").find(text[at]) == std::string_view::npos) ++at;
    const auto name = text.substr(begin, at - begin);
    result.append(name);
    blanks();
    if (at >= text.size() || text[at] != '=') continue;
    result += text[at++];
    blanks();
    const auto value = at;
    const bool quoted = at < text.size() && text[at] == '\'';
    if (quoted) ++at;
    while (at < text.size() && (quoted ? text[at] != '\'' : text[at] != ' ' && text[at] != '\t' && text[at] != '\n'))
      at += text[at] == '\\' ? 2 : 1;
    at = std::min(at + (quoted ? 1 : 0), text.size());
    result.append(is_secret_name(name) && at > value ? k_mask : text.substr(value, at - value));
  }
  return result;
}

}  // namespace

std::string mask_address(std::string_view address) {
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos)
    return address.find('=') == std::string_view::npos ? std::string(address) : mask_words(address);
  std::string result(address.substr(0, scheme + 3));
  auto rest = address.substr(scheme + 3);
  const auto end = authority_length(rest);
  result += mask_authority(rest.substr(0, end), is_web(address.substr(0, scheme)));
  rest.remove_prefix(end);
  const auto query = std::min(rest.find_first_of("?#"), rest.size());
  result.append(rest.substr(0, query));
  return result + mask_parameters(rest.substr(query), "?&#;");
}

}  // namespace matview::http
