#include "providers/dune/view_answers.hpp"

#include <algorithm>

#include "providers/dune/wire.hpp"
#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"

namespace matview::providers::dune {

namespace {

std::optional<Schedule> read_schedule(const Value& schedule) {
  Schedule read{remote::text(schedule, "cron_expression"), remote::text(schedule, "performance"),
                remote::time(schedule, "next_execution_time"), remote::time(schedule, "expires_at")};
  if (read.cron.empty()) return std::nullopt;
  return read;
}

StoredView read_stored(const Value& body) {
  StoredView view;
  view.full_name = remote::text(body, "sql_id");
  view.query_id = remote::integer(body, "query_id");
  view.is_private = remote::boolean(body, "is_private");
  view.bytes = remote::integer(body, "table_size_bytes");
  view.execution_ids = remote::texts(body, "last_execution_ids");
  sort_newest_first(view.execution_ids);
  view.schedule = read_schedule(body.at("schedule"));
  return view;
}

Error nonsense(std::string message, const HttpResponse& response) {
  Error error(ErrorCode::unavailable, std::move(message));
  error.http_status = response.status;
  error.unanswered = true;
  return error;
}

}  // namespace

Result<StoredView> read_view(const HttpResponse& response, std::string_view fallback) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  if (body.if_object() == nullptr) return fail(nonsense("the service's answer is no view", response));
  StoredView view = read_stored(body);
  if (view.full_name.empty()) view.full_name = fallback;
  return view;
}

Result<ViewPage> read_view_page(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  if (body.if_object() == nullptr) return fail(nonsense("the service's answer is no list of views", response));
  ViewPage page;
  for (const auto& element : remote::elements(body, "materialized_views"))
    if (StoredView view = read_stored(element); !view.full_name.empty()) page.views.push_back(std::move(view));
  if (const auto offset = remote::integer(body, "next_offset"); offset && *offset > 0) page.next_offset = offset;
  return page;
}

Result<Accepted> read_accepted(const HttpResponse& response) {
  auto body = read_body(response);
  if (!body) return fail(maybe_done(std::move(body).error()));
  Accepted accepted{remote::text(*body, "sql_id"), remote::text(*body, "execution_id")};
  if (accepted.full_name.empty()) accepted.full_name = remote::text(*body, "name");
  if (accepted.execution_id.empty())
    return fail(nonsense("the service accepted it, but did not say which execution it started", response));
  return accepted;
}

Result<bool> read_deleted(const HttpResponse& response) {
  if (response.status == 404 || response.status == 410) return false;
  if (!remote::is_success(response)) return fail(read_error(response));
  // Nothing of the answer is needed, but a page says that it is not the service's.
  if (remote::is_html(response)) MATVIEW_TRY(remote::json_body(response));
  return true;
}

void sort_newest_first(std::vector<std::string>& execution_ids) {
  std::erase(execution_ids, "");
  std::sort(execution_ids.begin(), execution_ids.end(), std::greater<>());
  execution_ids.erase(std::unique(execution_ids.begin(), execution_ids.end()), execution_ids.end());
}

std::optional<Time> time_of(std::string_view execution_id) {
  constexpr std::string_view k_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
  constexpr std::size_t k_length = 26;
  constexpr std::size_t k_time_length = 10;
  if (execution_id.size() != k_length) return std::nullopt;
  std::int64_t millis = 0;
  for (std::size_t i = 0; i < k_length; ++i) {
    const auto digit = k_digits.find(execution_id[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    if (i < k_time_length) millis = millis * 32 + static_cast<std::int64_t>(digit);
  }
  // 48 bits are the time; a first digit above 7 would be no ULID.
  if (millis >= std::int64_t{1} << 48) return std::nullopt;
  return Time(std::chrono::milliseconds(millis));
}

}  // namespace matview::providers::dune
