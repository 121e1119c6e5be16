#include "providers/lance/describe.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

#include "providers/lance/table_requests.hpp"
#include "providers/lance/view_requests.hpp"
#include "support/parallel.hpp"

namespace matview::providers::lance {

namespace {

constexpr std::int64_t k_versions = 100;

/// An address that carries a password, or a signature, is not for showing.
bool is_showable(std::string_view address) { return address.find_first_of("@?") == std::string_view::npos; }

void add_versions(View& view, const std::vector<TableVersion>& versions, bool all) {
  if (versions.empty()) return;
  // The newest commit of a view is its last refresh, but for the one that created it.
  if (!view.refreshed_at && versions.front().version > 1) view.refreshed_at = versions.front().created_at;
  for (const auto& version : versions) {
    if (version.version == 1) view.created_at = version.created_at;
    if (!all || !version.created_at) continue;
    Version told;
    told.version = version.version;
    told.created_at = *version.created_at;
    view.versions.push_back(std::move(told));
  }
}

void add_record(const Service& service, View& view) {
  if (service.context.job_log == nullptr) return;
  const auto records = service.context.job_log->records(service.context.profile, view.name, 1);
  if (!records || records->empty()) return;
  view.last_job = records->front().job;
  if (!is_terminal(view.last_job->state)) view.state = ViewState::refreshing;
  if (view.last_job->state == JobState::failed) view.state = ViewState::error;
}

/// What only some servers offer: asked for at once, and left out where it is refused.
void add_details(const Service& service, const Endpoint& endpoint, const Identifier& id, const Marks& marks,
                 bool versions, View& view, Control& control) {
  std::optional<TableStats> stats;
  std::vector<TableVersion> history;
  std::optional<Table> source;
  const auto source_id = source_of(id, marks);
  const std::array<std::function<void()>, 3> looks{
      [&] {
        if (auto read = service.ask(table_stats(endpoint, id), read_stats, control)) stats = *read;
      },
      [&] {
        const auto request = list_versions(endpoint, id, versions ? k_versions : 1);
        if (auto read = service.ask(request, read_versions, control)) history = *std::move(read);
      },
      [&] {
        if (!source_id) return;
        if (auto read = service.ask(describe_table(endpoint, *source_id), read_table, control))
          source = *std::move(read);
      },
  };
  support::parallel_for(looks.size(), looks.size(), [&](std::size_t i) { looks[i](); });
  if (stats) {
    view.rows = stats->rows;
    view.bytes = stats->bytes;
  }
  add_versions(view, history, versions);
  if (source && read_marks(*source).is_view) view.depends_on.push_back(service.name_of(source_id->path));
  set_freshness(view, marks, source ? source->version : std::nullopt);
}

/// The view as the routes for views tell it; what they leave open comes from the table, where there is one.
Result<View> describe_by_view(const Service& service, const Endpoint& endpoint, const Identifier& id,
                              const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(std::string query, service.ask(describe_view(endpoint, id), read_view, control));
  View view;
  if (auto table = service.ask(describe_table(endpoint, id), read_table, control)) {
    auto marks = read_marks(*table);
    marks.is_view = true;
    view = to_view(service, id, *table, marks);
    add_details(service, endpoint, id, marks, request.versions, view, control);
  } else {
    Marks marks;
    marks.is_view = true;
    view = to_view(service, id, {}, marks);
  }
  view.definition = std::move(query);
  return view;
}

}  // namespace

View to_view(const Service& service, const Identifier& id, const Table& table, const Marks& marks) {
  View view;
  view.name = service.name_of(id.path);
  view.profile = service.context.profile;
  view.provider = service.info.name;
  view.kind = marks.is_view ? marks.kind : "table";
  view.version = table.version;
  view.columns = table.columns;
  view.definition = marks.definition;
  view.refreshed_at = marks.refreshed_at;
  if (!marks.source.empty()) {
    Source source;
    const auto where = source_of(id, marks);
    source.name = where ? service.name_of(where->path) : marks.source;
    source.kind = "table";
    source.version = marks.source_version;
    view.sources.push_back(std::move(source));
  }
  Value path = Value::array();
  for (const auto& part : id.path) path.push(part);
  view.native.set("path", std::move(path));
  if (!table.location.empty() && is_showable(table.location)) view.native.set("location", table.location);
  if (table.fragments) view.native.set("fragments", *table.fragments);
  if (table.deleted_rows) view.native.set("deleted_rows", *table.deleted_rows);
  if (table.only_declared) view.native.set("is_only_declared", *table.only_declared);
  if (!marks.source_database.empty() && is_showable(marks.source_database))
    view.native.set("source_database", marks.source_database);
  return view;
}

std::optional<Identifier> source_of(const Identifier& view, const Marks& marks) {
  if (marks.source.empty()) return std::nullopt;
  Identifier source = view;
  if (marks.space)
    source.path = *marks.space;
  else
    source.path.pop_back();
  source.path.push_back(marks.source);
  return source;
}

void set_freshness(View& view, const Marks& marks, std::optional<std::int64_t> source_version) {
  const bool never_refreshed = view.version.value_or(0) <= 1 && view.rows == 0;
  const bool declared = view.native.at("is_only_declared") == Value(true);
  if (declared || never_refreshed) {
    view.freshness = Freshness::empty;
    return;
  }
  if (!marks.source_version || !source_version) return;
  if (*source_version == *marks.source_version) {
    view.freshness = Freshness::fresh;
    return;
  }
  view.freshness = Freshness::stale;
  const auto change = fmt::format("version {} -> {}", *marks.source_version, *source_version);
  view.freshness_reason = fmt::format("{} ({})", change, marks.source);
  if (!view.sources.empty()) view.sources.front().change = change;
}

Result<View> describe(const Service& service, const DescribeRequest& request, Control& control) {
  MATVIEW_ASSIGN(const Identifier id, identifier_of(request.name, service.settings.naming));
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  View view;
  if (service.settings.dialect == Dialect::views) {
    MATVIEW_ASSIGN(view, describe_by_view(service, endpoint, id, request, control));
  } else {
    MATVIEW_ASSIGN(const Table table, service.ask(describe_table(endpoint, id), read_table, control));
    const auto marks = read_marks(table);
    view = to_view(service, id, table, marks);
    add_details(service, endpoint, id, marks, request.versions, view, control);
  }
  view.name = request.name;
  add_record(service, view);
  return view;
}

}  // namespace matview::providers::lance
