#include <algorithm>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/listing_requests.hpp"

namespace matview::providers::thoughtspot {

namespace {

Error no_list(const HttpResponse& response) {
  Error error(ErrorCode::failed,
              "the server's answer holds no list of objects " + reference_of(response, read_fault(response)));
  error.http_status = response.status;
  return error;
}

std::vector<Header> read_headers(const Value::Array& array) {
  std::vector<Header> headers;
  for (const auto& element : array)
    if (auto header = read_header(element)) headers.push_back(*std::move(header));
  return headers;
}

}  // namespace

Result<Page> read_list(const HttpResponse& response) {
  if (response.status == 204) return Page{{}, true, 0};
  MATVIEW_ASSIGN(const auto document, read_document(response));
  const auto* array = document.at("headers").if_array();
  if (array == nullptr) return fail(no_list(response));
  Page page{read_headers(*array), true, static_cast<std::int64_t>(array->size())};
  if (page.count > 0) page.last = remote::boolean(document, "isLastBatch").value_or(page.count < k_page_size);
  return page;
}

Result<Page> read_old_list(const HttpResponse& response, const ListSpec& spec) {
  if (response.status == 204) return Page{{}, true, 0};
  MATVIEW_ASSIGN(const auto document, read_document(response));
  const auto* array = document.if_array();
  if (array == nullptr) return fail(no_list(response));
  Page page{read_headers(*array), true, static_cast<std::int64_t>(array->size())};
  page.last = page.count < k_page_size;
  if (spec.subtypes.size() == 1)
    for (auto& header : page.headers) header.type = spec.subtypes.front();
  return page;
}

Result<Details> read_details(const HttpResponse& response, const Header& header) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  Details details;
  for (const auto& storable : remote::elements(document, "storables")) {
    if (remote::text(storable.at("header"), "id") != header.id) continue;
    for (const auto& column : remote::elements(storable, "columns")) {
      details.columns.emplace_back(remote::text(column.at("header"), "name"), remote::text(column, "dataType"));
      for (const auto& source : remote::elements(column, "sources")) {
        auto table = remote::text(source, "tableName");
        if (table.empty()) table = remote::text(source, "tableId");
        if (!table.empty() && std::find(details.tables.begin(), details.tables.end(), table) == details.tables.end())
          details.tables.push_back(std::move(table));
      }
    }
    const auto& content = storable.at("logicalTableContent");
    details.sql = remote::text(content, "sqlQuery");
    for (const auto* object : {&storable, &content, &storable.at("header")})
      if (auto members = materialization_members(*object); details.materialization.is_null())
        details.materialization = std::move(members);
  }
  return details;
}

}  // namespace matview::providers::thoughtspot
