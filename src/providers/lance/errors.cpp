#include "providers/lance/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::lance {

namespace {

struct Meaning {
  std::string_view name;
  ErrorCode code;
  bool retryable = false;
};

// In the order of the codes.
constexpr std::array<Meaning, 24> k_meanings{{
    {"Unsupported", ErrorCode::unsupported},
    {"NamespaceNotFound", ErrorCode::not_found},
    {"NamespaceAlreadyExists", ErrorCode::conflict},
    {"NamespaceNotEmpty", ErrorCode::conflict},
    {"TableNotFound", ErrorCode::not_found},
    {"TableAlreadyExists", ErrorCode::conflict},
    {"TableIndexNotFound", ErrorCode::failed},
    {"TableIndexAlreadyExists", ErrorCode::conflict},
    {"TableTagNotFound", ErrorCode::not_found},
    {"TableTagAlreadyExists", ErrorCode::conflict},
    {"TransactionNotFound", ErrorCode::not_found},
    {"TableVersionNotFound", ErrorCode::not_found},
    {"TableColumnNotFound", ErrorCode::failed},
    {"InvalidInput", ErrorCode::failed},
    {"ConcurrentModification", ErrorCode::conflict, true},
    {"PermissionDenied", ErrorCode::auth},
    {"Unauthenticated", ErrorCode::auth},
    {"ServiceUnavailable", ErrorCode::unavailable, true},
    {"Internal", ErrorCode::unavailable, true},
    {"InvalidTableState", ErrorCode::conflict},
    {"TableSchemaValidationError", ErrorCode::failed},
    {"Throttling", ErrorCode::unavailable, true},
    {"TableBranchNotFound", ErrorCode::not_found},
    {"TableBranchAlreadyExists", ErrorCode::conflict},
}};

const Meaning* meaning_of(std::int64_t code) {
  return code >= 0 && code < static_cast<std::int64_t>(k_meanings.size()) ? &k_meanings[static_cast<std::size_t>(code)]
                                                                          : nullptr;
}

/// The body as an object; null where it is none.
Value object_of(const HttpResponse& response) {
  auto value = support::parse_json(response.body);
  return value && value->if_object() != nullptr ? *std::move(value) : Value();
}

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

/// The first of these that says something, on one line.
std::string said_in(const Value& body) {
  for (const char* key : {"error", "title", "message", "detail"})
    if (const auto text = remote::first_line(remote::text(body, key)); !text.empty()) return text;
  return {};
}

/// What the server has to say beyond the message: a stack trace at worst, so not without end.
std::string detail_of(const Value& body, std::string_view said) {
  constexpr std::size_t k_most = 2000;
  const auto detail = support::strip_control(remote::text(body, "detail"), support::Newlines::keep);
  if (detail.empty() || detail == said) return {};
  if (detail.size() <= k_most) return detail;
  return support::valid_utf8(std::string_view(detail).substr(0, k_most)) + "…";
}

std::string hint_of(const Error& error, std::string_view everything) {
  if (contains(everything, "stable row id"))
    return "a view can follow its source only if that has stable row ids: they are chosen when the source is written "
           "for the first time (new_table_enable_stable_row_ids)";
  if (error.http_status == 401 || (error.code == ErrorCode::auth && error.http_status != 403))
    return "set LANCEDB_API_KEY, or api_key, token, or client_id and client_secret of the profile; 'matview doctor' "
           "checks them";
  if (error.code == ErrorCode::unsupported) return "'matview doctor' tells what this server offers";
  return {};
}

}  // namespace

std::string_view code_name(std::int64_t code) {
  const auto* meaning = meaning_of(code);
  return meaning == nullptr ? std::string_view() : meaning->name;
}

std::optional<std::int64_t> error_code(const HttpResponse& response) {
  return remote::integer(object_of(response), "code");
}

Error read_error(const HttpResponse& response) {
  const Value body = object_of(response);
  const auto said = body.is_null() ? remote::first_line(response.body) : said_in(body);
  Error error = remote::http_error(response, said);
  const auto code = remote::integer(body, "code");
  if (code) {
    const auto* meaning = meaning_of(*code);
    if (meaning != nullptr) {
      error.code = meaning->code;
      error.retryable = meaning->retryable;
    }
    if (error.message.ends_with(')')) error.message.pop_back();
    error.message += fmt::format(", code {}{}{})", *code, meaning == nullptr ? "" : " ", code_name(*code));
  }
  error.detail = detail_of(body, said);
  error.hint = hint_of(error, said + error.detail);
  const int status = response.status;
  error.unanswered = status == 502 || status == 504 || status == 408 || (status == 500 && !code);
  return error;
}

Result<Value> read_json(const HttpResponse& response) {
  if (!remote::is_success(response)) return fail(read_error(response));
  return remote::json_body(response);
}

Result<void> read_nothing(const HttpResponse& response) {
  if (!remote::is_success(response)) return fail(read_error(response));
  if (remote::is_html(response)) MATVIEW_TRY(remote::json_body(response));
  return {};
}

bool is_unsupported(const HttpResponse& response) {
  if (remote::is_success(response)) return false;
  if (response.status == 405 || response.status == 406 || response.status == 501) return true;
  return error_code(response) == k_unsupported;
}

}  // namespace matview::providers::lance
