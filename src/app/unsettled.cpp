#include "app/unsettled.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "ledger/ledger.hpp"
#include "support/file.hpp"
#include "support/json.hpp"
#include "support/lock.hpp"
#include "support/members.hpp"
#include "support/time_text.hpp"

namespace matview::app {

namespace fs = std::filesystem;

namespace {

/// Older entries are of views that are gone, or that nobody asks for.
constexpr auto k_keep = std::chrono::hours(24 * 90);

Value to_value(const Unsettled& entry) {
  return Value::Object{{"profile", entry.view.first},
                       {"view", entry.view.second},
                       {"in_use", entry.in_use},
                       {"state", entry.state},
                       {"reason", entry.reason},
                       {"at", support::format_rfc3339(entry.at)},
                       {"run", entry.run}};
}

/// True for a run whose process lives.
bool is_under_way(const fs::path& lock) {
  auto taken = support::FileLock::try_acquire_existing(lock);
  if (!taken) return false;
  if (*taken) {
    (*taken)->remove_file();
    return false;
  }
  const auto status = support::status_of(lock);
  return status && *status;
}

}  // namespace

UnsettledViews::UnsettledViews(const std::vector<Unsettled>& entries) {
  for (const auto& entry : entries) {
    views_.insert(entry.view);
    since_[entry.view] = entry.at;
  }
}

std::set<std::string> UnsettledViews::profiles() const {
  std::set<std::string> names;
  for (const auto& view : views_) names.insert(view.first);
  return names;
}

bool UnsettledViews::has(const std::string& profile, const View& view) const {
  const ViewKey key(profile, view.name);
  const auto since = since_.find(key);
  return views_.contains(key) && (since == since_.end() || !view.refreshed_at || *view.refreshed_at <= since->second);
}

std::vector<Unsettled> RunBook::load() const {
  std::vector<Unsettled> entries;
  if (file_.empty()) return entries;
  const auto content = support::read_file(file_);
  const auto document = content ? support::parse_json(*content) : Result<Value>(Value());
  const auto* list = document ? document->at("views").if_array() : nullptr;
  if (list == nullptr) return entries;
  for (const auto& item : *list) {
    const auto at = support::parse_rfc3339(support::text(item, "at"));
    if (!at) continue;
    entries.push_back({{support::text(item, "profile"), support::text(item, "view")},
                       support::text(item, "in_use"),
                       support::text(item, "state"),
                       support::text(item, "reason"),
                       *at,
                       support::text(item, "run")});
  }
  return entries;
}

std::vector<Unsettled> RunBook::read() const {
  auto entries = load();
  std::map<std::string, bool> under_way;
  std::erase_if(entries, [&](const Unsettled& entry) {
    if (entry.state != "pending") return false;
    const auto [known, is_new] = under_way.try_emplace(entry.run, false);
    if (is_new) known->second = is_under_way(lock_of(entry.run));
    return known->second;
  });
  return entries;
}

void RunBook::write(const std::vector<Unsettled>& changes) const {
  if (file_.empty() || changes.empty()) return;
  const bool nothing_new =
      std::all_of(changes.begin(), changes.end(), [](const Unsettled& change) { return change.state.empty(); });
  // The usual case: a view is refreshed, and nothing was left of it.
  if (nothing_new && load().empty()) return;
  if (!make_folder()) return;
  auto lock_file = file_;
  lock_file += ".lock";
  const auto lock = support::FileLock::acquire(lock_file);
  if (!lock) return;
  std::map<ViewKey, Unsettled> entries;
  for (auto& entry : load()) entries.insert_or_assign(entry.view, std::move(entry));
  for (const auto& change : changes) {
    entries.erase(change.view);
    if (!change.state.empty()) entries.emplace(change.view, change);
  }
  const Time now = changes.front().at;
  Value list = Value::array();
  for (const auto& [view, entry] : entries)
    if (now - entry.at < k_keep) list.push(to_value(entry));
  const Value document = Value::Object{{"schema_version", 1}, {"views", std::move(list)}};
  (void)support::write_durably(file_, support::to_json(document, true) + "\n");
}

bool RunBook::make_folder() const {
  std::error_code ignored;
  const auto folder = file_.parent_path();
  if (file_.empty() || fs::is_directory(folder, ignored)) return !file_.empty();
  if (!support::make_directories(folder)) return false;
  // As the ledger makes it.
  return ::chmod(folder.c_str(), 0700) == 0;
}

fs::path RunBook::lock_of(const std::string& run) const {
  // A name that somebody wrote into the file must not lead elsewhere.
  if (file_.empty() || run.empty() || run.find('/') != std::string::npos) return {};
  auto lock = file_;
  lock += "." + run + ".lock";
  return lock;
}

RunBook open_run_book(const Environment& environment) {
  auto file = ledger::default_path(environment);
  if (!file.empty()) file.replace_extension("runs.json");
  return RunBook(std::move(file));
}

UnsettledViews kept_views(const Workspace& workspace) {
  auto entries = open_run_book(workspace.environment()).read();
  std::erase_if(entries, [&](const Unsettled& entry) {
    return entry.in_use != workspace.profile_in_use() || !workspace.config().profile(entry.view.first);
  });
  return UnsettledViews(entries);
}

}  // namespace matview::app
