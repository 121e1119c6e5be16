#include <fmt/format.h>

#include "providers/remote/fields.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "providers/thoughtspot/tml_requests.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

/// The first object of an answer: version 2 sends a list, version 1 one in `object`.
const Value& first_object(const Value& document) {
  static const Value k_none;
  const auto* list = document.if_array();
  if (list == nullptr) list = document.at("object").if_array();
  return list == nullptr || list->empty() ? k_none : list->front();
}

/// What `status` says of an object that was not accepted.
Error refused(const Value& status, const HttpResponse& response) {
  const auto code = remote::integer(status, "error_code");
  auto said = plain_line(remote::text(status, "error_message"));
  if (said.empty()) said = "ThoughtSpot refused it and gave no reason";
  Error error(ErrorCode::failed, fmt::format("{} {}", said, reference_of(response, Fault{code, {}, {}, {}})));
  // A version conflict or a duplicate; an object of that name.
  if (code == 14009 || code == 13005) error.code = ErrorCode::conflict;
  if (code == 10003 || code == 10004 || code == 10023) error.code = ErrorCode::auth;
  error.http_status = response.status;
  return error;
}

Error without_status(const HttpResponse& response) {
  Error error(ErrorCode::failed, fmt::format("the server's answer does not say what became of the view {}",
                                             reference_of(response, read_fault(response))));
  error.http_status = response.status;
  error.unanswered = true;
  return error;
}

}  // namespace

Result<Imported> read_import(const HttpResponse& response) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  const Value& object = first_object(document);
  // Older versions call it `info`.
  const Value& inner = object.at("response").is_null() ? object.at("info") : object.at("response");
  const Value& status = inner.at("status");
  const auto code = remote::text(status, "status_code");
  if (code.empty()) return fail(without_status(response));
  if (code != "OK" && code != "WARNING") return fail(refused(status, response));
  Imported imported;
  const Value& header = inner.at("header").is_null() ? first_object(inner).at("header") : inner.at("header");
  imported.guid = remote::text(header, "id_guid");
  if (code == "WARNING") imported.warning = plain_line(remote::text(status, "error_message"));
  return imported;
}

Result<std::string> read_export(const HttpResponse& response) {
  MATVIEW_ASSIGN(const auto document, read_document(response));
  const Value& object = first_object(document);
  const auto tml = remote::text(object, "edoc");
  const Value& status = object.at("info").at("status");
  if (tml.empty() && remote::text(status, "status_code") != "OK") return fail(refused(status, response));
  return support::strip_control(tml, support::Newlines::keep);
}

}  // namespace matview::providers::thoughtspot
