#include "app/change.hpp"

#include <algorithm>
#include <set>

#include "output/values.hpp"
#include "support/json.hpp"
#include "support/members.hpp"

namespace matview::app {

namespace {

using support::array_of;
using support::text_or_null;

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string key_of(std::string flag) {
  std::replace(flag.begin(), flag.end(), '-', '_');
  return flag;
}

/// A flag without a value is there or not.
std::vector<std::string> values_of(const OptionValues& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end()) return {};
  return found->second.empty() ? std::vector<std::string>{"true"} : found->second;
}

}  // namespace

std::string_view to_string(Action action) {
  switch (action) {
    case Action::create: return "create";
    case Action::change: return "change";
    case Action::replace: return "replace";
    case Action::recreate: return "recreate";
    case Action::unchanged: return "unchanged";
    case Action::drop: return "drop";
    case Action::error: break;
  }
  return "error";
}

Value to_value(const Change& change) {
  Value fields = Value::array();
  for (const auto& field : change.fields)
    fields.push(Value::object()
                    .set("key", field.key)
                    .set("before", array_of(field.before))
                    .set("after", array_of(field.after)));
  return Value::object()
      .set("action", to_string(change.action))
      .set("view", change.view)
      .set("profile", change.profile)
      .set("provider", change.provider)
      .set("reason", text_or_null(change.reason))
      .set("effect", text_or_null(change.effect))
      .set("where", text_or_null(change.where))
      .set("fields", std::move(fields))
      .set("diff", text_or_null(change.diff))
      .set("depends_on", array_of(change.depends_on))
      .set("error", change.error ? output::to_value(*change.error) : Value());
}

Value count_actions(const std::vector<Change>& changes) {
  Value counts = Value::object();
  for (const auto action : {Action::create, Action::change, Action::replace, Action::recreate, Action::drop,
                            Action::unchanged, Action::error})
    counts.set(to_string(action), std::count_if(changes.begin(), changes.end(),
                                                [&](const Change& change) { return change.action == action; }));
  return counts;
}

std::string canonical_text(const CreateRequest& request) {
  Value options = Value::object();
  for (const auto& [name, values] : request.options) options.set(name, array_of(values));
  return support::to_json(Value::object()
                              .set("name", request.name)
                              .set("query", request.query)
                              .set("kind", request.kind)
                              .set("tags", array_of(request.tags))
                              .set("with_data", request.with_data)
                              .set("no_data", request.no_data)
                              .set("options", std::move(options)));
}

std::vector<FieldChange> compare(const CreateRequest& before, const CreateRequest& after) {
  std::vector<FieldChange> fields;
  const auto differ = [&](std::string key, std::vector<std::string> a, std::vector<std::string> b) {
    if (a != b) fields.push_back({std::move(key), std::move(a), std::move(b)});
  };
  if (trim(before.query) != trim(after.query)) differ("query", {before.query}, {after.query});
  differ("kind", {before.kind}, {after.kind});
  auto old_tags = before.tags;
  auto new_tags = after.tags;
  std::sort(old_tags.begin(), old_tags.end());
  std::sort(new_tags.begin(), new_tags.end());
  differ("tags", old_tags, new_tags);
  std::set<std::string> names;
  for (const auto* options : {&before.options, &after.options})
    for (const auto& [name, values] : *options) names.insert(name);
  for (const auto& name : names) differ(key_of(name), values_of(before.options, name), values_of(after.options, name));
  return fields;
}

}  // namespace matview::app
