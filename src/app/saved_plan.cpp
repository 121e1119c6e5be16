#include "app/saved_plan.hpp"

#include <fmt/format.h>

#include <map>

#include "support/file.hpp"
#include "support/json.hpp"
#include "support/members.hpp"
#include "support/replace_file.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::app {

namespace {

using support::elements;
using support::text;

constexpr std::int64_t k_version = 1;
constexpr std::string_view k_kind = "matview plan";

Error no_plan(const std::filesystem::path& path, std::string_view why) {
  return Error(ErrorCode::usage, fmt::format("'{}' is no saved plan: {}", path.string(), why))
      .with_hint("'matview diff -f FILE --out PLAN' writes one");
}

Error moved(std::string_view view, std::string_view what) {
  return Error(ErrorCode::conflict,
               fmt::format("the plan is out of date: {}{}{}", view.empty() ? "" : "view ",
                           view.empty() ? "" : fmt::format("'{}' ", support::strip_control(view)), what))
      .with_hint("look at the difference anew: 'matview diff -f FILE --out PLAN'");
}

}  // namespace

SavedPlan make_plan(std::string file, const DiffOptions& options, const std::vector<Change>& changes, Time now) {
  SavedPlan plan{std::move(file), options, now, {}};
  for (const auto& change : changes)
    plan.entries.push_back(
        {change.profile, change.view, std::string(to_string(change.action)), change.wanted_print, change.told_print});
  return plan;
}

Result<void> write_plan(const std::filesystem::path& path, const SavedPlan& plan) {
  Value selectors = Value::array();
  for (const auto& selector : plan.options.selectors) selectors.push(selector);
  Value entries = Value::array();
  for (const auto& entry : plan.entries)
    entries.push(Value::object()
                     .set("action", entry.action)
                     .set("view", entry.view)
                     .set("profile", entry.profile)
                     .set("file_fingerprint", entry.wanted_print)
                     .set("backend_fingerprint", entry.told_print));
  const Value document = Value::object()
                             .set("kind", k_kind)
                             .set("schema_version", k_version)
                             .set("created_at", support::format_rfc3339(plan.created_at))
                             .set("file", plan.file)
                             .set("selectors", std::move(selectors))
                             .set("prune", plan.options.prune)
                             .set("changes", std::move(entries));
  return support::replace_file(path, support::to_json(document, true) + "\n");
}

Result<SavedPlan> read_plan(const std::filesystem::path& path) {
  MATVIEW_ASSIGN(const auto status, support::status_of(path));
  if (!status) return fail(no_plan(path, "there is no such file"));
  if (!status->is_regular) return fail(no_plan(path, "it is no regular file"));
  MATVIEW_ASSIGN(const auto content, support::read_file(path));
  const auto document = support::parse_json(content);
  if (!document) return fail(no_plan(path, document.error().message));
  if (text(*document, "kind") != k_kind) return fail(no_plan(path, "it is another document"));
  if (document->at("schema_version") != Value(k_version))
    return fail(no_plan(path, "it was written by another version of matview"));
  SavedPlan plan;
  plan.file = text(*document, "file");
  if (const auto time = support::parse_rfc3339(text(*document, "created_at"))) plan.created_at = *time;
  for (const auto& selector : elements(*document, "selectors"))
    if (const auto* word = selector.if_string()) plan.options.selectors.push_back(*word);
  plan.options.prune = document->at("prune") == Value(true);
  for (const auto& entry : elements(*document, "changes"))
    plan.entries.push_back({text(entry, "profile"), text(entry, "view"), text(entry, "action"),
                            text(entry, "file_fingerprint"), text(entry, "backend_fingerprint")});
  return plan;
}

Result<void> require_unchanged(const SavedPlan& plan, const std::vector<Change>& changes) {
  std::map<std::string, const SavedPlan::Entry*> planned;
  for (const auto& entry : plan.entries) planned[entry.profile + ":" + entry.view] = &entry;
  for (const auto& change : changes) {
    const auto found = planned.find(change.key());
    if (found == planned.end()) return fail(moved(change.key(), "is not in it"));
    const auto& entry = *found->second;
    if (entry.wanted_print != change.wanted_print) return fail(moved(change.key(), "has changed in the file since"));
    if (entry.told_print != change.told_print) return fail(moved(change.key(), "has changed at the backend since"));
    if (entry.action != to_string(change.action))
      return fail(
          moved(change.key(), fmt::format("is now to {} and not to {}", to_string(change.action), entry.action)));
    planned.erase(found);
  }
  if (!planned.empty()) return fail(moved(planned.begin()->first, "is no longer there"));
  return {};
}

}  // namespace matview::app
