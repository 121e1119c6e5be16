#include "config/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "support/toml_text.hpp"

namespace matview::config {

namespace {

constexpr std::size_t k_max_bytes = 1 << 20;

Entry::Kind kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return Entry::Kind::string;
    case toml::node_type::integer: return Entry::Kind::integer;
    case toml::node_type::floating_point: return Entry::Kind::floating;
    case toml::node_type::boolean: return Entry::Kind::boolean;
    case toml::node_type::array: return Entry::Kind::array;
    case toml::node_type::table: return Entry::Kind::table;
    default: return Entry::Kind::date_or_time;
  }
}

std::string time_text(const toml::node& node) {
  std::ostringstream stream;
  if (const auto* time = node.as_date_time()) stream << time->get();
  if (const auto* date = node.as_date()) stream << date->get();
  if (const auto* time = node.as_time()) stream << time->get();
  return std::move(stream).str();
}

Entry entry_of(std::string key, std::size_t line, const toml::node& node) {
  Entry entry{std::move(key), kind_of(node), {}, {}, line};
  if (const auto* text = node.as_string()) entry.text = text->get();
  if (const auto* number = node.as_integer()) entry.text = std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) entry.text = fmt::format("{}", number->get());
  if (const auto* truth = node.as_boolean()) entry.text = truth->get() ? "true" : "false";
  if (entry.kind == Entry::Kind::date_or_time) entry.text = time_text(node);
  if (const auto* items = node.as_array())
    for (const auto& item : *items) entry.members.push_back(entry_of({}, item.source().begin.line, item));
  if (const auto* members = node.as_table())
    for (const auto& [name, member] : *members)
      entry.members.push_back(entry_of(std::string(name.str()), name.source().begin.line, member));
  return entry;
}

Error unreadable(const std::filesystem::path& file, int number) {
  return Error(ErrorCode::usage, fmt::format("cannot read '{}': {}", file.string(),
                                             std::error_code(number, std::generic_category()).message()));
}

}  // namespace

std::string_view description(Entry::Kind kind) {
  switch (kind) {
    case Entry::Kind::string: return "a string";
    case Entry::Kind::integer: return "a whole number";
    case Entry::Kind::floating: return "a number with a fraction";
    case Entry::Kind::boolean: return "a boolean";
    case Entry::Kind::date_or_time: return "a date or time";
    case Entry::Kind::array: return "an array";
    case Entry::Kind::table: return "a table";
    case Entry::Kind::untyped: break;
  }
  return "text";
}

Result<std::vector<Entry>> parse_document(std::string_view text, const std::string& name) {
  try {
    const toml::table root = toml::parse(text, name);
    return entry_of({}, 1, root).members;
  } catch (const toml::parse_error& problem) {
    const auto& at = problem.source().begin;
    return fail(ErrorCode::usage, fmt::format("{}:{}:{}: {}", name, at.line, at.column, problem.description()));
  }
}

Result<std::optional<std::string>> read_text(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  if (problem) return fail(unreadable(file, problem.value()));
  if (std::filesystem::is_directory(status)) return fail(unreadable(file, EISDIR));
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(unreadable(file, errno != 0 ? errno : EIO));
  std::string text(k_max_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return fail(unreadable(file, errno != 0 ? errno : EIO));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > k_max_bytes) return fail(ErrorCode::usage, fmt::format("'{}' is larger than 1 MiB", file.string()));
  return text;
}

Result<std::optional<std::vector<Entry>>> read_document(const std::filesystem::path& file) {
  MATVIEW_ASSIGN(const auto text, read_text(file));
  if (!text) return std::nullopt;
  MATVIEW_ASSIGN(auto entries, parse_document(*text, file.string()));
  return entries;
}

std::string format_list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + support::toml_string(item);
  return "[" + text + "]";
}

Result<std::vector<std::string>> parse_list(std::string_view text) {
  constexpr std::string_view k_form = R"(must be a list of strings, as ["pass", "show", "name"])";
  const auto entries = parse_document("list = " + std::string(text), "");
  if (!entries || entries->size() != 1 || entries->front().kind != Entry::Kind::array)
    return fail(ErrorCode::usage, std::string(k_form));
  std::vector<std::string> items;
  for (const auto& item : entries->front().members) {
    if (item.kind != Entry::Kind::string) return fail(ErrorCode::usage, std::string(k_form));
    items.push_back(item.text);
  }
  return items;
}

}  // namespace matview::config
