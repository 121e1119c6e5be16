#include "providers/thoughtspot/listing_requests.hpp"

#include <fmt/format.h>

namespace matview::providers::thoughtspot {

namespace {

http::Parameters parameters(const ListSpec& spec) {
  http::Parameters query{{"type", "LOGICAL_TABLE"}};
  if (!spec.subtypes.empty()) query.emplace_back("subtypes", json_list(spec.subtypes));
  if (!spec.pattern.empty()) query.emplace_back("pattern", spec.pattern);
  if (!spec.ids.empty()) query.emplace_back("fetchids", json_list(spec.ids));
  query.emplace_back("sort", "NAME");
  query.emplace_back("sortascending", "true");
  query.emplace_back("offset", std::to_string(spec.offset));
  query.emplace_back("batchsize", std::to_string(k_page_size));
  return query;
}

std::string purpose(const ListSpec& spec) {
  return spec.pattern.empty() && spec.ids.empty() ? "list the views" : "look the view up";
}

Value assumed_headers(const ListSpec& spec) {
  auto headers = Value::array();
  if (spec.assumed)
    headers.push(Value::Object{{"id", spec.assumed->id}, {"name", spec.assumed->name}, {"type", spec.assumed->type}});
  return headers;
}

}  // namespace

HttpRequest list_request(const Address& address, const ListSpec& spec) {
  auto request = v1_get(address, "metadata/list", parameters(spec), purpose(spec));
  request.assumed = assumed_document(Value::Object{{"headers", assumed_headers(spec)}, {"isLastBatch", true}});
  return request;
}

HttpRequest old_list_request(const Address& address, const ListSpec& spec) {
  auto request = v1_get(address, "metadata/listobjectheaders", parameters(spec), purpose(spec));
  request.assumed = assumed_document(assumed_headers(spec));
  return request;
}

HttpRequest details_request(const Address& address, const Header& header) {
  return v1_get(address, "metadata/details",
                {{"type", "LOGICAL_TABLE"},
                 {"id", json_list({header.id})},
                 {"showhidden", "false"},
                 {"dropquestiondetails", "true"},
                 {"version", "-1"}},
                fmt::format("read the details of '{}'", header.name));
}

}  // namespace matview::providers::thoughtspot
