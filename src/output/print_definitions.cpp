#include <algorithm>
#include <charconv>
#include <map>

#include "output/print_changes.hpp"
#include "output/records.hpp"
#include "support/toml_text.hpp"

namespace matview::output {

namespace {

using support::toml_key;
using support::toml_string;
using support::toml_text;

std::string key_of(std::string flag) {
  std::replace(flag.begin(), flag.end(), '-', '_');
  return toml_key(flag);
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list += (list.empty() ? "" : ", ") + toml_string(text);
  return "[" + list + "]";
}

/// A number where that reads back as the same text.
std::string scalar_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
  return whole ? text : toml_text(text);
}

bool is_repeatable(const ProviderInfo* provider, const std::string& name) {
  return provider != nullptr &&
         std::any_of(provider->options.begin(), provider->options.end(),
                     [&](const OptionSpec& spec) { return spec.name == name && spec.repeatable; });
}

std::string option_text(const ProviderInfo* provider, const std::string& name, const std::vector<std::string>& values) {
  if (values.empty()) return "true";
  return values.size() > 1 || is_repeatable(provider, name) ? list_of(values) : scalar_of(values.front());
}

std::string definition_text(const Definition& definition, bool qualified) {
  const auto& request = definition.request;
  const auto name = qualified ? definition.profile + ":" + request.name : request.name;
  std::string text = "[views." + toml_key(name) + "]\n";
  if (!qualified) text += "profile = " + toml_string(definition.profile) + "\n";
  if (request.kind != "query") text += "kind = " + toml_string(request.kind) + "\n";
  if (!request.query.empty()) text += "query = " + toml_text(request.query) + "\n";
  if (!request.tags.empty()) text += "tags = " + list_of(request.tags) + "\n";
  for (const auto& [option, values] : request.options)
    text += key_of(option) + " = " + option_text(definition.provider, option, values) + "\n";
  return text;
}

}  // namespace

Result<void> print_definitions(Sink& sink, const std::vector<Definition>& definitions, const Style& style) {
  std::map<std::string, int> uses;
  for (const auto& definition : definitions) ++uses[definition.request.name];
  std::string text;
  for (const auto& definition : definitions) {
    const auto& name = definition.request.name;
    // A table is of one name; what stands before a colon would be read as a profile.
    const bool qualified = uses[name] > 1 || name.find(':') != std::string::npos;
    text += (text.empty() ? "" : "\n") + definition_text(definition, qualified);
  }
  return print_text(sink, text, style);
}

}  // namespace matview::output
