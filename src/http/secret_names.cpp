#include "http/secret_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "http/redactor.hpp"

namespace matview::http {

namespace {

// How the names of such members and fields end, without '-', '_' and capitals.
constexpr std::array<std::string_view, 14> k_endings{
    "password",  "passwd",     "passphrase", "secret",      "token",          "apikey",  "secretkey",
    "accesskey", "privatekey", "credential", "credentials", "storageoptions", "envvars", "authorization"};

/// Only letters and digits, lower case.
std::string plain(std::string_view name) {
  std::string result;
  for (const unsigned char c : name)
    if (std::isalnum(c)) result += static_cast<char>(std::tolower(c));
  return result;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const auto text = plain(name);
  // Tokens that only say where a listing goes on.
  for (const std::string_view harmless : {"pagetoken", "continuationtoken", "nexttoken"})
    if (text.ends_with(harmless)) return false;
  return text == "pwd" || text == "cookie" ||
         std::any_of(k_endings.begin(), k_endings.end(), [&](auto ending) { return text.ends_with(ending); });
}

bool is_secret_header(std::string_view name) {
  const auto text = plain(name);
  return text == "cookie" || text == "setcookie" || text == "xauth" || is_secret_name(name);
}

}  // namespace matview::http
