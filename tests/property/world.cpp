#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "providers/local/local_provider.hpp"

namespace matview::property {

namespace {

/// A control that nothing stops.
class Quiet final : public Observer {
 public:
  std::atomic<int> stop{0};
  Control control{*this, stop, std::nullopt};
};

std::string why(const Error& error) {
  auto text = fmt::format("{}: {}", symbol(error.code), error.message);
  if (!error.detail.empty()) text += "\n" + error.detail;
  return text;
}

/// Messages without what differs from run to run.
std::string skeleton(const std::string& text) {
  std::string letters;
  for (const char c : text.substr(0, text.find('\n')))
    if (std::isalpha(static_cast<unsigned char>(c)) || c == ' ') letters += c;
  return letters.substr(0, 40);
}

/// What is read and how; a file that is not there stands in it as nothing.
std::string proof_of(const LakeReader::Stored& stored) {
  auto text = stored.sql;
  for (const auto& file : stored.files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    text += fmt::format(" {}:{:x}", bytes.size(), std::hash<std::string>()(bytes));
  }
  return text;
}

/// Everything of a view, as text of each cell.
std::string query_sql(const std::string& view) { return "SELECT * FROM " + in_quotes(view); }

}  // namespace

bool Failure::is_like(const Failure& other) const {
  if (kind != other.kind) return false;
  return kind == "differs" || skeleton(text) == skeleton(other.text);
}

World::World() : oracle_(directory_.path()), files_(directory_.path(), environment_, oracle_) {
  environment_.in(directory_.path());
  set_time(time_);
  reopen("");
}

void World::set_time(std::int64_t seconds) {
  time_ = seconds;
  environment_.at(Time(std::chrono::seconds(seconds)));
  oracle_.set_time(seconds);
}

void World::reopen(const std::string& limit) {
  const bool is_first = provider_ == nullptr;
  provider_.reset();
  const auto store = directory_.path() / "store";
  // Several, though there is little data: sums come out in another order each time. The first process of each case
  // makes do with one, which takes a seventh less time.
  std::map<std::string, std::string> keys{{"store", store.string()}, {"threads", is_first ? "1" : "3"}};
  if (!limit.empty()) keys["keep_sources_limit"] = limit;
  auto provider = providers::open_local({"local", std::move(keys), environment_});
  if (!provider) throw std::runtime_error(provider.error().message);
  provider_ = *std::move(provider);
}

std::optional<Failure> World::run(const Action& action) {
  using Kind = Action::Kind;
  if (!sound_) return std::nullopt;
  switch (action.kind) {
    case Kind::write: files_.write(action); return std::nullopt;
    case Kind::remove: files_.remove(action.target); return std::nullopt;
    case Kind::rename: files_.rename(action.target, action.how); return std::nullopt;
    case Kind::touch: files_.touch(action.target); return std::nullopt;
    case Kind::view: return create(action);
    case Kind::refresh: return refresh(action);
    case Kind::query: return query_all();
    case Kind::verify: return verify_all();
    case Kind::gc: {
      Quiet quiet;
      GcRequest request;
      request.grace = Duration(0);
      if (auto done = provider_->gc(request, quiet.control); !done) return Failure{"failed", "", why(done.error())};
      return check_all();
    }
    case Kind::reopen: reopen(action.target); return std::nullopt;
    case Kind::time: set_time(time_ + std::stoll(action.target)); return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Failure> World::create(const Action& action) {
  Quiet quiet;
  files_.attach();
  const auto columns = oracle_.describe(action.sql);
  if (!columns) {
    passed_over_.push_back(columns.error().message);
    return std::nullopt;
  }
  CreateRequest request;
  request.name = action.target;
  request.query = action.sql;
  request.replace = views_.contains(action.target);
  std::istringstream words(action.how);
  std::string mode;
  std::string keep = "link";
  words >> mode >> keep;
  request.options["refresh-mode"] = {mode.empty() ? "auto" : mode};
  request.options["retain"] = {"4"};
  request.options["keep-sources"] = {keep.empty() ? "link" : keep};
  if (action.sql.find("shop.") != std::string::npos) request.options["attach"] = {"shop=shop.duckdb"};
  if (action.sql.find("lake.") != std::string::npos)
    request.options["attach"].push_back("lake=ducklake:lake/catalog.sqlite");
  auto view = provider_->create(request, quiet.control);
  if (!view && (mode == "incremental" || mode == "strict")) {
    mode = "auto";
    request.options["refresh-mode"] = {"auto"};
    view = provider_->create(request, quiet.control);
  }
  if (!view) return Failure{"refused", action.target, why(view.error())};
  auto& known = views_[action.target];
  if (!request.replace) known.order = views_.size();
  known.sql = action.sql;
  known.columns = *columns;
  known.mode = mode;
  std::string ours;
  std::string theirs;
  for (const auto& column : *columns) ours += column.name + " " + column.type + ", ";
  for (const auto& column : view->columns) theirs += column.name + " " + column.type + ", ";
  if (ours != theirs) return Failure{"columns", action.target, "expected " + ours + "\nfound    " + theirs};
  return std::nullopt;
}

std::vector<std::string> World::in_order() const {
  std::vector<std::string> names;
  for (const auto& [name, view] : views_) names.push_back(name);
  std::sort(names.begin(), names.end(),
            [&](const auto& a, const auto& b) { return views_.at(a).order < views_.at(b).order; });
  return names;
}

std::optional<Failure> World::refresh(const Action& action) {
  std::set<std::string> wanted;
  std::istringstream words(action.target);
  for (std::string name; words >> name;) wanted.insert(name);
  provider_->begin_run();
  for (const auto& name : in_order()) {
    const bool is_wanted = wanted.empty() || wanted.contains(name);
    // The others must be as they were.
    if (auto failure = is_wanted ? refresh_one(name, action.how == "full") : check(name, views_.at(name)))
      return failure;
    if (!sound_) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Failure> World::refresh_one(const std::string& name, bool full) {
  auto& view = views_.at(name);
  files_.attach();
  const auto computed = oracle_.compute(name, view.sql);
  if (!computed) {
    passed_over_.push_back(computed.error().message);
    sound_ = false;
    return std::nullopt;
  }
  Quiet quiet;
  RefreshRequest request;
  request.name = name;
  request.full = full;
  auto job = provider_->refresh(request, quiet.control);
  if (!job && view.mode == "strict" && job.error().message.find("CHANGE_FAILED") == std::string::npos &&
      job.error().message.find("refresh mode is strict") != std::string::npos) {
    // It may be told not to do what it can only do in full: then everything is as it was.
    if (auto failure = check(name, view)) return failure;
    request.full = true;
    job = provider_->refresh(request, quiet.control);
  }
  if (!job) return Failure{"failed", name, why(job.error())};
  if (!job->version) return Failure{"lost", name, "the job names no version"};
  // All rows were computed instead, and nothing would be seen of it.
  if (const auto* code = job->native.at("code").if_string(); code != nullptr && *code == "CHANGE_FAILED")
    return Failure{"change", name, *job->native.at("code_reason").if_string()};
  const auto rows = *computed;
  const auto before = view.rows;
  view.rows = rows;
  const auto counts =
      fmt::format("{} rows in all, {} added, {} removed; there must be {}", job->rows_total.value_or(-1),
                  job->rows_added.value_or(-1), job->rows_removed.value_or(-1), rows);
  refreshes_.push_back({name, *job});
  view.filled = true;
  if (!view.versions.contains(*job->version)) {
    oracle_.remember(name, *job->version);
    view.versions[*job->version] = {view.columns, rows, {}};
  } else {
    const auto difference =
        oracle_.difference("FROM " + in_quotes(name), "FROM " + Oracle::remembered(name, *job->version), view.columns);
    if (!difference || !difference->empty())
      return Failure{"differs", name,
                     fmt::format("a job of mode {} found nothing to do: {}\n{}", job->mode, job->reason,
                                 difference ? *difference : why(difference.error()))};
  }
  if (auto failure = check(name, view)) return failure;
  const bool total_is_right = !job->rows_total || *job->rows_total == rows;
  const bool change_is_right =
      !job->rows_added || !job->rows_removed || *job->rows_added - *job->rows_removed == rows - before;
  if (!total_is_right || !change_is_right)
    return Failure{"count", name, counts + fmt::format(", there were {}", before)};
  return std::nullopt;
}

std::optional<Failure> World::check_all() {
  for (const auto& name : in_order())
    if (auto failure = check(name, views_.at(name))) return failure;
  return std::nullopt;
}

/// Every version that is kept holds the rows it was made of, in files that only the specification of the format leads
/// to. The same statement over the same bytes gives the same rows: what was read once is compared byte by byte from
/// then on, and read anew when a byte or the catalog has changed.
std::optional<Failure> World::check(const std::string& name, Known& view) {
  if (!view.filled) return std::nullopt;
  if (!lake_) lake_ = std::make_unique<LakeReader>(directory_.path() / "store");
  const auto versions = lake_->versions(name);
  if (versions.empty()) return Failure{"lost", name, "no version is there"};
  const auto current = versions.rbegin()->first;
  for (const auto& [version, snapshot] : versions) {
    const auto known = view.versions.find(version);
    if (known == view.versions.end())
      return Failure{"lost", name, fmt::format("version {} was made by no job", version)};
    auto& remembered = known->second;
    const auto stored = lake_->stored(name, snapshot, remembered.columns);
    if (stored.rows != remembered.rows)
      return Failure{"count", name, fmt::format("the catalog says that version {} has {} rows", version, stored.rows)};
    const auto proof = proof_of(stored);
    if (remembered.proof == proof) continue;
    const auto difference =
        oracle_.difference("FROM " + Oracle::remembered(name, version), stored.sql, remembered.columns);
    const auto which = fmt::format("version {}{}", version, version == current ? ", the current one" : "");
    if (!difference) return Failure{"failed", name, which + " cannot be read: " + why(difference.error())};
    if (difference->empty()) {
      remembered.proof = proof;
      continue;
    }
    auto text = fmt::format("{}: {}", which, *difference);
    for (auto last = refreshes_.rbegin(); last != refreshes_.rend(); ++last)
      if (last->view == name) {
        text += fmt::format("  its last job was {}: {}", last->job.mode, last->job.reason);
        break;
      }
    return Failure{"differs", name, text};
  }
  return std::nullopt;
}

std::optional<Failure> World::query_all() {
  for (const auto& name : in_order()) {
    if (!views_.at(name).filled) continue;
    Quiet quiet;
    QueryRequest request;
    request.sql = query_sql(name);
    auto stream = provider_->query(request, quiet.control);
    if (!stream) return Failure{"failed", name, why(stream.error())};
    std::int64_t rows = 0;
    std::vector<RowStream::Row> batch;
    for (;;) {
      const auto more = (*stream)->next(batch);
      if (!more) return Failure{"failed", name, why(more.error())};
      if (!*more) break;
      rows += static_cast<std::int64_t>(batch.size());
    }
    if (rows != oracle_.count(in_quotes(name)))
      return Failure{"count", name, fmt::format("a query gives {} rows", rows)};
  }
  return std::nullopt;
}

std::optional<Failure> World::verify_all() {
  for (const auto& name : in_order()) {
    if (!views_.at(name).filled) continue;
    Quiet quiet;
    VerifyRequest request;
    request.name = name;
    provider_->begin_run();
    const auto verification = provider_->verify(request, quiet.control);
    // Sources may have changed since the refresh; then there is nothing to compare with.
    if (!verification && verification.error().code == ErrorCode::conflict) continue;
    if (!verification) return Failure{"failed", name, why(verification.error())};
    if (!verification->equal)
      return Failure{"verify", name,
                     fmt::format("verify finds {} rows missing, {} too many", verification->rows_missing,
                                 verification->rows_extra)};
  }
  return std::nullopt;
}

std::optional<Failure> run_script(const Script& script, std::size_t* done, std::vector<Refreshed>* refreshes) {
  World world;
  std::optional<Failure> failure;
  for (std::size_t i = 0; i < script.size() && !failure && world.is_sound(); ++i) {
    if (done) *done = i + 1;
    failure = world.run(script[i]);
  }
  if (refreshes) *refreshes = world.refreshes();
  return failure;
}

}  // namespace matview::property
