#include "providers/lance/manifest.hpp"

#include <algorithm>
#include <string_view>

#include "matview/secret.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

bool names_secret(std::string_view name) {
  std::string upper(name);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (const char* word : {"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH", "SIGNATURE"})
    if (upper.find(word) != std::string::npos) return true;
  return false;
}

/// As it stands inside of a JSON text.
std::string escaped(const std::string& text) {
  const auto quoted = support::to_json(Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> secrets_of_manifest(const std::string& manifest) {
  std::vector<std::pair<std::string, std::string>> secrets;
  const auto document = manifest.empty() ? Result<Value>(Value()) : support::parse_json(manifest);
  if (!document) return secrets;
  if (const auto* variables = document->at("env_vars").if_object())
    for (const auto& [name, value] : *variables)
      if (const auto* text = value.if_string(); text != nullptr && !text->empty() && names_secret(name))
        secrets.emplace_back(name, *text);
  // The longest first: one may be a part of another.
  std::sort(secrets.begin(), secrets.end(),
            [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  return secrets;
}

std::string without_secrets(std::string body, const std::string& manifest) {
  for (const auto& [name, value] : secrets_of_manifest(manifest))
    // JSON inside of a JSON text.
    replace_all(body, escaped(escaped(value)), secret_placeholder(name));
  return body;
}

}  // namespace matview::providers::lance
