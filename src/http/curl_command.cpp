#include "http/curl_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "http/url.hpp"
#include "matview/secret.hpp"

namespace matview::http {

namespace {

// Quoted text with a variable in it is put together with this: it ends the quotes, and opens them again.
constexpr char k_quote = '\'';

std::string escape_quotes(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == k_quote)
      result += "'\\''";
    else
      result += c;
  }
  return result;
}

bool has_placeholder(std::string_view text) {
  return replace_placeholders(text, [](std::string_view) { return std::string(); }) != text;
}

/// One word of the shell: 'literal'"$VARIABLE"'literal'.
std::string word(std::string_view text) {
  auto quoted = "'" +
                replace_placeholders(escape_quotes(text),
                                     [](std::string_view variable) { return "'\"$" + std::string(variable) + "\"'"; }) +
                "'";
  // Quotes around nothing, before and after a variable, only make it hard to read.
  while (quoted.size() > 2 && quoted.starts_with("''\"")) quoted.erase(0, 2);
  while (quoted.size() > 2 && quoted.ends_with("\"''")) quoted.erase(quoted.size() - 2);
  return quoted;
}

bool is_form(const HttpRequest& request) {
  const auto* type = request.headers.find("Content-Type");
  return type && type->starts_with("application/x-www-form-urlencoded");
}

/// curl puts '&' between several of these.
std::vector<std::string> form_options(std::string_view form) {
  std::vector<std::string> options;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) options.push_back("--data-raw " + word(plain));
    plain.clear();
  };
  while (true) {
    const auto end = std::min(form.find('&'), form.size());
    const auto field = form.substr(0, end);
    const auto equals = std::min(field.find('='), field.size());
    if (has_placeholder(field)) {
      flush();
      const auto value = field.substr(std::min(equals + 1, field.size()));
      options.push_back("--data-urlencode " +
                        word(std::string(field.substr(0, equals)) + "=" + decode_form_text(value)));
    } else {
      if (!plain.empty()) plain += '&';
      plain += field;
    }
    if (end == form.size()) break;
    form.remove_prefix(end + 1);
  }
  flush();
  return options;
}

std::vector<std::string> body_options(const HttpRequest& request) {
  const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body && !expects_body) return {};
  std::vector<std::string> options;
  if (!request.headers.find("Content-Type")) options.push_back("--header 'Content-Type:'");  // curl's own is a form's
  const std::string body = request.body.value_or("");
  if (is_form(request) && has_placeholder(body))
    for (auto& option : form_options(body)) options.push_back(std::move(option));
  else
    options.push_back("--data-raw " + word(body));
  return options;
}

}  // namespace

std::string to_curl_command(const HttpRequest& request) {
  std::vector<std::string> options;
  // With a body curl means POST, without one GET.
  const bool has_body = !body_options(request).empty();
  if (request.method == "HEAD")
    options.emplace_back("--head");
  else if (request.method != (has_body ? "POST" : "GET"))
    options.push_back("--request " + word(request.method));
  for (const auto& [name, value] : request.headers)
    options.push_back("--header " + word(value.empty() ? name + ";" : name + ": " + value));
  for (auto& option : body_options(request)) options.push_back(std::move(option));
  if (request.url.find_first_of("[]{}") != std::string::npos) options.emplace_back("--globoff");
  if (request.url.find("/.") != std::string::npos) options.emplace_back("--path-as-is");

  std::string command = "curl";
  for (const auto& option : options) command += " " + option + " \\\n ";
  return command + " " + word(request.url);
}

}  // namespace matview::http
