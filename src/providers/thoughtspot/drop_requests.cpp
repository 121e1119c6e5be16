#include "providers/thoughtspot/drop_requests.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/fault.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr int k_deepest = 6;

std::string purpose(const Header& view) { return fmt::format("ask what reads '{}'", view.name); }

std::string kind_of_list(const std::string& key) {
  if (key == "PINBOARD_ANSWER_BOOK") return "liveboard";
  if (key == "QUESTION_ANSWER_BOOK") return "answer";
  if (key == "LOGICAL_TABLE") return "view or worksheet";
  return key;
}

/// The lists of headers stand below the view's id, under the kind of object.
void collect(const Value& value, const std::string& key, int depth, std::vector<Dependent>& found) {
  if (depth > k_deepest) return;
  if (const auto* members = value.if_object())
    for (const auto& [name, member] : *members) collect(member, name, depth + 1, found);
  const auto* list = value.if_array();
  if (list == nullptr) return;
  for (const auto& element : *list) {
    auto header = read_header(element);
    if (!header) continue;
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const Dependent& earlier) { return earlier.header.id == header->id; });
    if (!known) found.push_back({kind_of_list(key), *std::move(header)});
  }
}

}  // namespace

HttpRequest dependents_request(const Address& address, const Header& view) {
  return v1_get(address, "dependency/logicaltable", {{"id", json_list({view.id})}}, purpose(view));
}

HttpRequest list_dependents_request(const Address& address, const Header& view) {
  return v1_form(address, "dependency/listdependents",
                 {{"type", "LOGICAL_TABLE"}, {"id", json_list({view.id})}, {"batchsize", "-1"}}, purpose(view));
}

Result<std::vector<Dependent>> read_dependents(const HttpResponse& response, const Header& view) {
  if (response.status == 204) return std::vector<Dependent>();
  MATVIEW_ASSIGN(const auto document, read_document(response));
  std::vector<Dependent> found;
  collect(document, {}, 0, found);
  std::erase_if(found, [&](const Dependent& dependent) { return dependent.header.id == view.id; });
  return found;
}

HttpRequest delete_request(const Address& address, const Header& view) {
  auto request = v1_form(address, "metadata/delete",
                         {{"type", "LOGICAL_TABLE"}, {"id", json_list({view.id})}, {"includedisabled", "false"}},
                         fmt::format("drop '{}'", view.name));
  request.retry = RetryRule::idempotent();
  request.assumed = {204, {}, {}};
  return request;
}

HttpRequest delete_request_v2(const Address& address, const Header& view) {
  Value object;
  object.set("type", "LOGICAL_TABLE").set("identifier", view.id);
  auto request =
      v2_json(address, "metadata/delete",
              Value::Object{{"metadata", Value::Array{std::move(object)}}, {"delete_disabled_objects", false}},
              fmt::format("drop '{}'", view.name));
  request.retry = RetryRule::idempotent();
  request.assumed = {204, {}, {}};
  return request;
}

Result<void> read_delete(const HttpResponse& response) {
  if (remote::is_success(response)) return check_no_page(response);
  if (read_fault(response).code == k_object_not_found) return {};
  return fail(read_error(response));
}

}  // namespace matview::providers::thoughtspot
