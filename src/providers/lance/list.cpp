#include "providers/lance/list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "providers/lance/describe.hpp"
#include "providers/lance/errors.hpp"
#include "providers/lance/table_requests.hpp"
#include "providers/lance/view_requests.hpp"
#include "providers/remote/settings.hpp"
#include "support/parallel.hpp"
#include "support/pause.hpp"
#include "support/text.hpp"

namespace matview::providers::lance {

namespace {

constexpr std::size_t k_parallel = 32;
constexpr int k_max_pages = 1000;

using PageRequest = std::function<HttpRequest(std::string_view token)>;
using PageReader = Result<Page> (*)(const HttpResponse&);

/// All names, page after page; each once.
Result<std::vector<std::string>> all_names(const Service& service, const PageRequest& request, PageReader read,
                                           Control& control) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  std::set<std::string> tokens{""};
  std::string token;
  for (int pages = 0; pages < k_max_pages; ++pages) {
    MATVIEW_ASSIGN(Page page, service.ask(request(token), read, control));
    for (auto& name : page.names)
      if (!name.empty() && seen.insert(name).second) names.push_back(std::move(name));
    token = std::move(page.next);
    if (token.empty()) return names;
    if (!tokens.insert(token).second) {
      control.observer.warning("the server repeats a page of its list: what comes after it is not shown");
      return names;
    }
  }
  control.observer.warning(fmt::format("the server's list has more than {} pages: the rest is not shown", k_max_pages));
  return names;
}

/// True for what says that there is no such route here, and not that there is no such namespace.
bool is_missing_route(const Error& error) {
  return error.code == ErrorCode::unsupported ||
         (error.code == ErrorCode::not_found && error.message.find(", code ") == std::string::npos);
}

Result<std::vector<std::string>> table_names(const Service& service, const Endpoint& endpoint, const Identifier& space,
                                             bool everything, Control& control) {
  const auto all = [&](std::string_view token) { return list_all_tables(endpoint, space, token); };
  // A path made of dots alone would be taken for one that leads upwards.
  const bool dots = space.delimiter.find_first_not_of('.') == std::string::npos;
  if (everything || (space.path.empty() && dots)) return all_names(service, all, read_tables, control);
  const auto below = [&](std::string_view token) { return list_tables(endpoint, space, token); };
  auto names = all_names(service, below, read_tables, control);
  // Services without namespaces have the one list alone.
  if (!names && space.path.empty() && is_missing_route(names.error()))
    return all_names(service, all, read_tables, control);
  return names;
}

struct Found {
  Identifier id;
  std::optional<Table> table;
  Marks marks;
  std::optional<Error> error;
};

/// Describes all of them, so many at a time.
Result<void> describe_all(const Service& service, const Endpoint& endpoint, std::vector<Found>& found,
                          Control& control) {
  support::parallel_for(found.size(), k_parallel, [&](std::size_t i) {
    Found& one = found[i];
    if (auto going = support::check_control(control); !going) {
      one.error = std::move(going).error();
      return;
    }
    auto table = service.ask(describe_table(endpoint, one.id), read_table, control);
    if (table) {
      one.table = *std::move(table);
      one.marks = read_marks(*one.table);
    } else {
      one.error = std::move(table).error();
    }
  });
  for (const auto& one : found) {
    if (!one.error || one.error->code == ErrorCode::not_found) continue;
    // Who may not see one table may see the others; whatever else happens, the list would lack views unnoticed.
    const bool forbidden = one.error->code == ErrorCode::auth && one.error->http_status == 403;
    if (!forbidden) return fail(*one.error);
    control.observer.warning(
        fmt::format("'{}' is left out: {}", support::strip_control(service.name_of(one.id.path)), one.error->message));
  }
  return {};
}

/// The versions of these tables now, of those already described without asking again.
std::map<Path, std::optional<std::int64_t>> versions_of(const Service& service, const Endpoint& endpoint,
                                                        const std::vector<Found>& found, Control& control) {
  std::map<Path, std::optional<std::int64_t>> versions;
  for (const auto& one : found)
    if (one.table) versions[one.id.path] = one.table->version;
  std::vector<Found> missing;
  for (const auto& one : found)
    if (const auto source = source_of(one.id, one.marks); source && !versions.contains(source->path)) {
      versions[source->path] = std::nullopt;
      missing.push_back({*source, {}, {}, {}});
    }
  // A source that cannot be described leaves the freshness of its views open.
  support::parallel_for(missing.size(), k_parallel, [&](std::size_t i) {
    if (!support::check_control(control)) return;
    if (auto table = service.ask(describe_table(endpoint, missing[i].id), read_table, control))
      missing[i].table = *std::move(table);
  });
  for (const auto& one : missing)
    if (one.table) versions[one.id.path] = one.table->version;
  return versions;
}

Result<std::vector<View>> list_by_view(const Service& service, const Endpoint& endpoint, const Identifier& space,
                                       const ListRequest& request, Control& control) {
  const auto page = [&](std::string_view token) { return list_views(endpoint, space, token); };
  MATVIEW_ASSIGN(const auto names, all_names(service, page, read_views, control));
  std::vector<View> views(names.size());
  Marks marks;
  marks.is_view = true;
  for (std::size_t i = 0; i < names.size(); ++i)
    views[i] = to_view(service, {listed_path(names[i], space), space.delimiter}, {}, marks);
  if (!request.details && !request.freshness) return views;
  std::vector<std::optional<Error>> errors(names.size());
  support::parallel_for(views.size(), k_parallel, [&](std::size_t i) {
    auto whole = describe(service, {views[i].name, false}, control);
    if (whole)
      views[i] = *std::move(whole);
    else
      errors[i] = std::move(whole).error();
  });
  for (const auto& error : errors)
    if (error && error->code != ErrorCode::not_found) return fail(*error);
  return views;
}

}  // namespace

Result<std::vector<View>> list(const Service& service, const ListRequest& request, Control& control) {
  const auto& naming = service.settings.naming;
  Identifier space{naming.base, naming.delimiter};
  const bool everything = remote::has_flag(request.options, "all-namespaces");
  if (const auto* below = remote::option(request.options, "namespace")) {
    if (everything) return fail(ErrorCode::usage, "--namespace and --all-namespaces exclude each other");
    MATVIEW_ASSIGN(space, identifier_of(*below, naming));
  }
  if (everything) space.path.clear();
  MATVIEW_ASSIGN(const Endpoint endpoint, service.endpoint(control));
  const bool by_view = service.settings.dialect == Dialect::views;
  const bool all_tables = remote::has_flag(request.options, "all-tables");
  std::vector<View> views;
  if (by_view && !all_tables && !everything) {
    MATVIEW_ASSIGN(views, list_by_view(service, endpoint, space, request, control));
  } else {
    MATVIEW_ASSIGN(const auto names, table_names(service, endpoint, space, everything, control));
    std::vector<Found> found;
    for (const auto& name : names) found.push_back({{listed_path(name, space), space.delimiter}, {}, {}, {}});
    const bool describing = !all_tables || request.details || request.freshness;
    if (describing) MATVIEW_TRY(describe_all(service, endpoint, found, control));
    std::set<Path> listed;
    for (const auto& one : found)
      if (one.marks.is_view) listed.insert(one.id.path);
    std::map<Path, std::optional<std::int64_t>> versions;
    if (request.freshness) versions = versions_of(service, endpoint, found, control);
    for (const auto& one : found) {
      if (one.error || (!all_tables && !one.marks.is_view)) continue;
      View view = to_view(service, one.id, one.table.value_or(Table()), one.marks);
      if (const auto source = source_of(one.id, one.marks)) {
        if (listed.contains(source->path)) view.depends_on.push_back(service.name_of(source->path));
        if (request.freshness) set_freshness(view, one.marks, versions[source->path]);
      }
      views.push_back(std::move(view));
    }
  }
  std::sort(views.begin(), views.end(), [](const View& a, const View& b) { return a.name < b.name; });
  return views;
}

}  // namespace matview::providers::lance
