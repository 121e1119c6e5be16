#include "providers/dune/locate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/dune/view_requests.hpp"
#include "providers/dune/wire.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::int64_t k_page = 1000;  // one source says that this is the most
constexpr int k_most_pages = 1000;
// Stands in the addresses that a dry run shows where the account is not known.
constexpr std::string_view k_some_owner = "OWNER";

Value assumed_view(const std::string& full_name) {
  return Value()
      .set("sql_id", full_name)
      .set("query_id", 0)
      .set("is_private", false)
      .set("last_execution_ids", Value::array().push("EXECUTION_ID"));
}

HttpRequest page_request(const Service& service, std::int64_t offset, const Value& assumed_views) {
  HttpRequest request = list_views(service.api(), k_page, offset);
  request.assumed = assumed(Value().set("materialized_views", assumed_views));
  return request;
}

Result<std::vector<StoredView>> walk(const Service& service, const Value& assumed_views, Control& control) {
  std::vector<StoredView> views;
  std::set<std::string> seen;
  std::int64_t offset = 0;
  for (int page = 0; page < k_most_pages; ++page) {
    MATVIEW_ASSIGN(auto read, service.ask(page_request(service, offset, assumed_views), read_view_page, control));
    for (auto& view : read.views)
      if (seen.insert(view.full_name).second) views.push_back(std::move(view));
    if (!read.next_offset) {
      if (!views.empty()) service.learn_owner(owner_of(views.front().full_name));
      return views;
    }
    if (*read.next_offset <= offset) break;
    offset = *read.next_offset;
  }
  return fail(ErrorCode::unavailable,
              fmt::format("the service's list of views does not come to an end (at offset {})", offset));
}

Result<std::optional<StoredView>> read_one(const Service& service, const std::string& full_name, Assume assume,
                                           Control& control) {
  HttpRequest request = get_view(service.api(), full_name);
  if (assume == Assume::is_there)
    request.assumed = assumed(assumed_view(full_name));
  else
    request.assumed = {404, {}, R"({"error":"Materialized view not found"})"};
  auto view = service.ask(
      std::move(request), [&](const HttpResponse& response) { return read_view(response, full_name); }, control);
  if (view) return std::optional(*std::move(view));
  if (view.error().code == ErrorCode::not_found) return std::nullopt;
  return fail(std::move(view).error());
}

/// By the list of all views, which also tells whose the key is.
Result<std::optional<StoredView>> find_in_list(const Service& service, const ViewName& name, Assume assume,
                                               Control& control) {
  Value assumed_views = Value::array();
  const auto assumed_name = full_name(k_some_owner, name.bare);
  if (service.is_dry_run() && assume == Assume::is_there) assumed_views.push(assumed_view(assumed_name));
  MATVIEW_ASSIGN(const auto views, walk(service, assumed_views, control));
  for (const auto& view : views)
    if (view.full_name.substr(view.full_name.rfind('.') + 1) == name.bare)
      return read_one(service, view.full_name, assume, control);
  return std::nullopt;
}

}  // namespace

Result<std::vector<StoredView>> all_views(const Service& service, Control& control) {
  return walk(service, Value::array(), control);
}

Result<std::optional<StoredView>> find_view(const Service& service, const ViewName& name, Assume assume,
                                            Control& control) {
  if (!name.owner.empty()) return read_one(service, full_name(name.owner, name.bare), assume, control);
  const std::string owner = service.owner();
  if (owner.empty()) return find_in_list(service, name, assume, control);
  MATVIEW_ASSIGN(auto view, read_one(service, full_name(owner, name.bare), assume, control));
  if (view || service.is_dry_run() || !service.owner_is_cached()) return view;
  return find_in_list(service, name, assume, control);
}

Result<StoredView> require_view(const Service& service, const std::string& name, Control& control) {
  MATVIEW_ASSIGN(const ViewName parsed, parse_name(name));
  MATVIEW_ASSIGN(auto view, find_view(service, parsed, Assume::is_there, control));
  if (view) return *std::move(view);
  const std::string owner = parsed.owner.empty() ? service.owner() : parsed.owner;
  return fail(ErrorCode::not_found,
              fmt::format("the key sees no view '{}'{}", support::strip_control(parsed.bare),
                          owner.empty() ? "" : fmt::format(" of '{}'", support::strip_control(owner))));
}

Result<StoredView> read_again(const Service& service, const std::string& full_name, Control& control) {
  return service.ask(
      get_view(service.api(), full_name), [&](const HttpResponse& response) { return read_view(response, full_name); },
      control);
}

}  // namespace matview::providers::dune
