#include "providers/lance/view_requests.hpp"

#include <fmt/format.h>

#include "providers/lance/errors.hpp"
#include "providers/remote/fields.hpp"

namespace matview::providers::lance {

namespace {

std::string view_path(const Identifier& view, std::string_view action) {
  return fmt::format("v1/materialized_view/{}/{}", segment(view), action);
}

}  // namespace

HttpRequest list_views(const Endpoint& endpoint, const Identifier& space, std::string_view token) {
  auto request = get(endpoint, "list views", fmt::format("v1/namespace/{}/materialized_view/list", segment(space)),
                     page_parameters(space, token));
  request.assumed.body = R"({"views":[]})";
  return request;
}

Result<Page> read_views(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  Page page{remote::texts(body, "views"), remote::text(body, "page_token")};
  // An earlier form of the route answers objects.
  for (const Value& element : remote::elements(body, "views"))
    if (auto name = remote::text(element, "name"); !name.empty()) page.names.push_back(std::move(name));
  return page;
}

HttpRequest describe_view(const Endpoint& endpoint, const Identifier& view) {
  return post(endpoint, fmt::format("describe view '{}'", join_path(view.path, view.delimiter)),
              view_path(view, "describe"), delimiter_parameter(view), {});
}

Result<std::string> read_view(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  return remote::text(body, "query");
}

HttpRequest drop_view(const Endpoint& endpoint, const Identifier& view) {
  auto request = post_without_body(endpoint, fmt::format("drop view '{}'", join_path(view.path, view.delimiter)),
                                   view_path(view, "drop"), delimiter_parameter(view));
  request.retry = busy_only();
  return request;
}

}  // namespace matview::providers::lance
