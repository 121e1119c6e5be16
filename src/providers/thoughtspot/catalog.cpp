#include "providers/thoughtspot/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/listing_requests.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::thoughtspot {

namespace {

// Far beyond what a cluster holds: a server that never says "last" ends here.
constexpr int k_most_pages = 2000;
constexpr std::size_t k_most_ids = 50;

Result<Page> read_page(Client& client, const ListSpec& spec, Control& control) {
  if (!client.lists_the_old_way) {
    MATVIEW_ASSIGN(const auto answer, client.send(list_request(client.address(), spec), control));
    if (!is_missing_call(answer)) return read_list(answer);
    client.lists_the_old_way = true;
  }
  MATVIEW_ASSIGN(const auto answer, client.send(old_list_request(client.address(), spec), control));
  return read_old_list(answer, spec);
}

/// Every page. A server may send fewer objects at a time than it was asked for, so that the next page begins behind
/// those that came; and one may not heed the offset at all, so that two pages of nothing new are the end.
Result<std::vector<Header>> fetch(Client& client, ListSpec spec, Control& control) {
  std::vector<Header> all;
  std::set<std::string> seen;
  int in_vain = 0;
  for (int pages = 0; pages < k_most_pages && in_vain < 2; ++pages) {
    MATVIEW_ASSIGN(auto page, read_page(client, spec, control));
    const auto before = all.size();
    for (auto& header : page.headers)
      if (seen.insert(header.id).second) all.push_back(std::move(header));
    if (page.last) return all;
    in_vain = all.size() > before ? 0 : in_vain + 1;
    spec.offset += in_vain > 0 ? k_page_size : page.count;
  }
  return all;
}

/// Finds out which of the headers whose subtype the server does not tell are views that can be materialized.
Result<void> settle_types(Client& client, std::vector<Header>& headers, Control& control) {
  ListSpec spec;
  for (const auto& header : headers)
    if (header.type.empty()) spec.ids.push_back(header.id);
  if (spec.ids.empty()) return {};
  // An address has its limits.
  if (spec.ids.size() > k_most_ids) spec.ids.clear();
  spec.subtypes = {std::string(k_view)};
  MATVIEW_ASSIGN(const auto views, fetch(client, spec, control));
  for (auto& header : headers)
    if (std::any_of(views.begin(), views.end(), [&](const Header& view) { return view.id == header.id; }))
      header.type = k_view;
  return {};
}

Header assumed_view(const std::string& name) {
  Header header;
  header.id = is_guid(name) ? name : std::string(k_unknown_id);
  header.name = name;
  header.type = k_view;
  return header;
}

Error ambiguous(const std::string& name, const std::vector<Header>& views) {
  std::vector<std::string> lines;
  for (const auto& view : views)
    lines.push_back(fmt::format("{}  {} by {}, modified {}", support::strip_control(view.id), kind_of(view),
                                view.author.empty() ? "an unknown author" : support::strip_control(view.author),
                                view.modified ? support::format_rfc3339(*view.modified) : "at an unknown time"));
  return Error(ErrorCode::usage, fmt::format("{} views are called '{}'", views.size(), support::strip_control(name)))
      .with_detail(support::join(lines, "\n"))
      .with_hint("say the GUID of the one that is meant instead of the name");
}

Error other_kind(const Header& header) {
  return Error(ErrorCode::not_found,
               fmt::format("'{}' is {} and not a view", support::strip_control(header.name), kind_of(header)))
      .with_hint("'matview list' names the views");
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

struct Found {
  std::optional<Header> view;
  std::string near;  ///< a name that differs in case only
};

Result<Found> find_by_name(Client& client, const std::string& name, Expect expect, Control& control) {
  ListSpec spec;
  spec.pattern = name;
  if (expect == Expect::there) spec.assumed = assumed_view(name);
  // The pattern matches parts of names in any case, and authors too.
  MATVIEW_ASSIGN(auto hits, fetch(client, spec, control));
  Found found;
  for (const auto& hit : hits)
    if (hit.name != name && same_but_for_case(hit.name, name)) found.near = hit.name;
  std::erase_if(hits, [&](const Header& hit) { return hit.name != name; });
  MATVIEW_TRY(settle_types(client, hits, control));

  std::vector<Header> views;
  std::copy_if(hits.begin(), hits.end(), std::back_inserter(views), is_view);
  if (views.size() > 1) return fail(ambiguous(name, views));
  if (views.size() == 1) found.view = std::move(views.front());
  // Whoever makes a view may give it the name of a table.
  if (!found.view && !hits.empty() && expect == Expect::there) return fail(other_kind(hits.front()));
  return found;
}

Result<Found> find(Client& client, const std::string& name, Expect expect, Control& control) {
  if (!is_guid(name)) return find_by_name(client, name, expect, control);
  MATVIEW_ASSIGN(auto object, find_object(client, name, expect, control));
  if (!object) return find_by_name(client, name, expect, control);
  if (!is_view(*object)) return fail(other_kind(*object));
  return Found{std::move(object), {}};
}

}  // namespace

Result<std::vector<Header>> list_views(Client& client, Control& control) {
  ListSpec spec;
  spec.subtypes = {std::string(k_view), std::string(k_sql_view)};
  if (client.lists_the_old_way) spec.subtypes.pop_back();
  auto views = fetch(client, spec, control);
  // Versions without SQL views refuse the word; so does the old call, which tells no subtypes either.
  const bool refused = !views && views.error().http_status == 400;
  if (spec.subtypes.size() == 2 && (refused || client.lists_the_old_way)) {
    spec.subtypes.pop_back();
    views = fetch(client, spec, control);
  }
  if (!views) return fail(std::move(views).error());
  MATVIEW_TRY(settle_types(client, *views, control));
  std::erase_if(*views, [](const Header& header) { return !is_view(header); });
  std::stable_sort(views->begin(), views->end(), [](const Header& a, const Header& b) { return a.name < b.name; });
  return *std::move(views);
}

Result<std::optional<Header>> find_object(Client& client, const std::string& id, Expect expect, Control& control) {
  ListSpec spec;
  spec.ids = {id};
  if (expect == Expect::there) spec.assumed = assumed_view(id);
  MATVIEW_ASSIGN(auto hits, fetch(client, spec, control));
  std::erase_if(hits, [&](const Header& hit) { return !same_but_for_case(hit.id, id); });
  MATVIEW_TRY(settle_types(client, hits, control));
  if (hits.empty()) return std::optional<Header>();
  return std::optional(std::move(hits.front()));
}

Result<std::optional<Header>> find_view(Client& client, const std::string& name, Expect expect, Control& control) {
  MATVIEW_ASSIGN(auto found, find(client, name, expect, control));
  return std::move(found.view);
}

Result<Header> resolve_view(Client& client, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(auto found, find(client, name, Expect::there, control));
  if (found.view) return *std::move(found.view);
  Error error(ErrorCode::not_found, fmt::format("there is no view '{}'", support::strip_control(name)));
  if (!found.near.empty())
    error.hint = fmt::format("did you mean '{}'? Case matters", support::strip_control(found.near));
  return fail(std::move(error));
}

}  // namespace matview::providers::thoughtspot
