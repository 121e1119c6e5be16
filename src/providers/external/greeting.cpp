#include "providers/external/greeting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "matview/version.hpp"
#include "providers/external/reader.hpp"
#include "support/text.hpp"

namespace matview::providers::external {

namespace {

constexpr std::array<std::pair<Operation, std::string_view>, 16> k_words{{
    {Operation::create, "create"},
    {Operation::refresh, "refresh"},
    {Operation::list, "list"},
    {Operation::describe, "describe"},
    {Operation::drop, "drop"},
    {Operation::query, "query"},
    {Operation::history, "history"},
    {Operation::verify, "verify"},
    {Operation::explain, "explain"},
    {Operation::gc, "gc"},
    {Operation::job, "job"},
    {Operation::wait, "wait"},
    {Operation::cancel, "cancel"},
    {Operation::doctor, "doctor"},
    {Operation::definition, "definition"},
    {Operation::suspend, "suspend"},
}};

/// What a later version of the protocol may add is none of ours.
std::set<Operation> operations_of(const std::vector<std::string>& words) {
  std::set<Operation> operations;
  for (const auto& [operation, word] : k_words)
    if (std::find(words.begin(), words.end(), word) != words.end()) operations.insert(operation);
  return operations;
}

bool consists_of(std::string_view text, std::string_view others) {
  const auto plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  };
  return !text.empty() && others.find(text.front()) == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), plain);
}

Result<OptionSpec> read_option(const Value& document) {
  Reader reader(document, "an option");
  OptionSpec option;
  option.name = reader.needed_text("name");
  if (!option.name.empty() && !consists_of(option.name, "-")) reader.wrong("name", "it is not in kebab case");
  option.value = support::strip_control(reader.text("value"));
  option.help = support::strip_control(reader.text("help"));
  option.operations = operations_of(reader.texts("operations"));
  option.repeatable = reader.flag("repeatable");
  option.choices = reader.texts("choices");
  if (!option.choices.empty() && option.value.empty()) option.value = "WORD";
  return reader.finish(std::move(option));
}

}  // namespace

Value hello() { return Value::Object{{"type", "hello"}, {"protocol", k_protocol}, {"matview", version()}}; }

ProviderInfo unknown_info(const std::string& name) {
  ProviderInfo info;
  info.name = name;
  info.summary = "a program of its own";
  info.settings = {"start_timeout"};
  return info;
}

Result<Greeting> read_hello(const std::string& name, const Value& answer) {
  Reader reader(answer, "its answer to hello");
  if (reader.needed_text("type") != "hello") reader.wrong("type", "it must be 'hello'");
  const auto protocol = reader.integer("protocol");
  if (!protocol) reader.wrong("protocol", "it is missing");
  if (protocol && *protocol != k_protocol)
    return fail(
        ErrorCode::unsupported,
        fmt::format("speaks version {} of the protocol, and this matview speaks version {}", *protocol, k_protocol));
  ProviderInfo info = unknown_info(name);
  if (auto summary = reader.text("summary"); !summary.empty()) info.summary = support::strip_control(summary);
  info.operations = operations_of(reader.texts("operations"));
  if (info.operations.empty()) reader.wrong("operations", "it names none");
  auto own = info.operations;
  info.operations.insert({Operation::job, Operation::history});
  info.options = reader.list("options", read_option);
  for (auto& key : reader.texts("settings")) {
    if (!consists_of(key, "_")) reader.wrong("settings", "'" + key + "' is no key");
    if (key != "start_timeout") info.settings.push_back(std::move(key));
  }
  info.asynchronous = reader.flag("asynchronous");
  return reader.finish(Greeting{std::move(info), std::move(own)});
}

std::string_view word_of(Operation operation) {
  for (const auto& [candidate, word] : k_words)
    if (candidate == operation) return word;
  return "unknown";
}

bool is_provider_name(std::string_view name) { return consists_of(name, "-_"); }

}  // namespace matview::providers::external
