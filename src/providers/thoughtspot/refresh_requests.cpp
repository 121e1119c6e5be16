#include "providers/thoughtspot/refresh_requests.hpp"

#include <fmt/format.h>

#include "providers/remote/answer.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

Error unsupported(const HttpResponse& response) {
  Error error(ErrorCode::unsupported,
              "this server cannot materialize views " + reference_of(response, read_fault(response)));
  error.http_status = response.status;
  error.hint = "ThoughtSpot Software has had it since 6.0; ThoughtSpot Cloud has it not";
  return error;
}

}  // namespace

HttpRequest refresh_request(const Address& address, const Header& view) {
  HttpRequest request;
  request.purpose = fmt::format("refresh '{}'", view.name);
  request.method = "POST";
  request.url = http::join_url(address.v1, "materialization/refreshview/" + http::percent_encode(view.id));
  // As it is documented, although there is no body whose type it could be.
  request.headers = {{"X-Requested-By", "matview"}, {"Accept", "application/json"}, {"Content-Type", "*/*"}};
  // Harmless to the data when done twice, but a lost answer is not asked for again: what comes then (500) could not be
  // told from the answer to a view that is not materialized.
  request.retry = {{429, 502, 503, 504}, false};
  request.assumed = {204, {}, {}};
  return request;
}

Result<RefreshOutcome> read_refresh(const HttpResponse& response) {
  if (remote::is_success(response)) {
    MATVIEW_TRY(check_no_page(response));
    return RefreshOutcome::submitted;
  }
  const auto fault = read_fault(response);
  if (response.status == 500 && fault.code == k_system_error) return RefreshOutcome::nothing_to_do;
  if (is_missing_call(response)) return fail(unsupported(response));
  Error error = read_error(response);
  if (error.code == ErrorCode::auth)
    error.hint = "a refresh needs the privilege 'Can administer ThoughtSpot' (ADMINISTRATION)";
  if (response.status == 400)
    error = std::move(error).with_context("ThoughtSpot does not take this object for a view to refresh: ");
  if (response.status == 502 || response.status == 504) {
    error.unanswered = true;
    error.hint = k_how_to_look;
  }
  return fail(std::move(error));
}

Error nothing_to_do_error(const HttpResponse& response, const Header& view,
                          const std::optional<Materialization>& materialization) {
  const auto fault = read_fault(response);
  const auto reference = reference_of(response, fault);
  Error error(ErrorCode::conflict, {});
  error.http_status = response.status;
  error.request_id = fault.incident.empty() ? fault.trace : fault.incident;
  if (is_switched_off(materialization)) {
    error.message = fmt::format("materialization is switched off on this server {}", reference);
    error.hint = "an administrator can switch it on; until then no view can be refreshed";
    return error;
  }
  error.message = fmt::format(
      "the view is not materialized, or it is and is not stale: ThoughtSpot says the same of both {}", reference);
  if (!fault.text.empty()) error.detail = "the server says: " + fault.text;
  error.hint = fmt::format(
      "materialize it in ThoughtSpot (Data > Views > {} > Joins > Materialization), or give --allow-not-stale to take "
      "this for success; a view with a schedule can be refreshed once in each window{}",
      support::strip_control(view.name),
      materialization && !materialization->window.empty()
          ? fmt::format(" (here {}, the server's time)", materialization->window)
          : std::string());
  return error;
}

Error perhaps_submitted_error(const HttpResponse& response) {
  const auto fault = read_fault(response);
  Error error(ErrorCode::unavailable,
              fmt::format("a gateway lost the answer, and to the repeated request ThoughtSpot says that there is "
                          "nothing to refresh: the first attempt may have submitted it {}",
                          reference_of(response, fault)));
  error.http_status = response.status;
  error.request_id = fault.incident.empty() ? fault.trace : fault.incident;
  error.hint = k_how_to_look;
  error.unanswered = true;
  return error;
}

bool is_switched_off(const std::optional<Materialization>& materialization) {
  return materialization && materialization->enabled == false;
}

}  // namespace matview::providers::thoughtspot
