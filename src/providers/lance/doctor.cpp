#include "providers/lance/doctor.hpp"

#include <fmt/format.h>

#include "providers/lance/errors.hpp"
#include "providers/lance/job_requests.hpp"
#include "providers/lance/table_requests.hpp"
#include "providers/lance/view_requests.hpp"
#include "support/duration.hpp"
#include "support/time_text.hpp"

namespace matview::providers::lance {

namespace {

using Outcome = Check::Outcome;

Check check(std::string name, Outcome outcome, std::string message, std::string hint = {}) {
  return {std::move(name), outcome, std::move(message), std::move(hint)};
}

Check credentials(const Service& service, const HttpResponse& response) {
  if (response.status == 401) {
    const Error error = read_error(response);
    return check("credentials", Outcome::failed, error.message, error.hint);
  }
  if (service.client.has_credentials(service.settings)) return check("credentials", Outcome::ok, "they are accepted");
  return check("credentials", Outcome::warning, "the profile has none, and the server asks for none",
               "whoever reaches the address can change what is there");
}

Check listing(const HttpResponse& response, std::string_view space) {
  if (remote::is_success(response)) {
    // A page is no list, whatever its status says.
    const auto body = remote::json_body(response);
    if (body) return check("list", Outcome::ok, fmt::format("{} can be listed", space));
    return check("list", Outcome::failed, fmt::format("{} cannot be listed: {}", space, body.error().message),
                 "look at the key url of the profile, and at what stands between here and there");
  }
  const Error error = read_error(response);
  const auto outcome = is_unsupported(response) ? Outcome::warning : Outcome::failed;
  const auto hint = response.status == 404 ? "look at the keys url and namespace of the profile" : error.hint;
  return check("list", outcome, fmt::format("{} cannot be listed: {}", space, error.message), hint);
}

Check jobs(const Service& service, const Endpoint& endpoint, Control& control) {
  auto response = service.send(list_jobs(endpoint, ""), control);
  if (!response) return check("jobs", Outcome::warning, response.error().message);
  if (remote::is_success(*response)) return check("jobs", Outcome::ok, "the server tells how refreshes go on");
  if (response->status == 404 || is_unsupported(*response))
    return check(
        "jobs", Outcome::warning,
        fmt::format("the server does not tell of jobs (HTTP {}): the version of a view tells that a refresh is "
                    "done, and none can be cancelled",
                    response->status),
        "LanceDB Enterprise has them");
  return check("jobs", Outcome::warning, read_error(*response).message);
}

Check clock(const HttpResponse& response, Time now) {
  const auto* date = response.headers.find("Date");
  const auto theirs = support::parse_http_date(date == nullptr ? "" : *date);
  if (!theirs) return check("clock", Outcome::ok, "the server does not say what time it has");
  const Duration off = now > *theirs ? now - *theirs : *theirs - now;
  if (off <= std::chrono::seconds(30)) return check("clock", Outcome::ok, "the server has the same time");
  return check("clock", Outcome::warning,
               fmt::format("this machine is {} {} the server", support::format_duration(off),
                           now > *theirs ? "ahead of" : "behind"),
               "set the clock: times of jobs are compared, and tokens expire by it");
}

}  // namespace

Result<std::vector<Check>> doctor(const Service& service, Control& control) {
  std::vector<Check> checks;
  const auto& naming = service.settings.naming;
  const Identifier space{naming.base, naming.delimiter};
  const auto shown = naming.base.empty() ? std::string("the root namespace")
                                         : fmt::format("namespace '{}'", join_path(naming.base, naming.delimiter));
  auto endpoint = service.endpoint(control);
  const auto failed = [&](const char* name, const Error& error) {
    checks.push_back(check(name, Outcome::failed, error.message, error.hint));
    return checks;
  };
  if (!endpoint) return failed("credentials", endpoint.error());
  const auto request =
      service.settings.dialect == Dialect::views ? list_views(*endpoint, space, "") : list_tables(*endpoint, space, "");
  auto response = service.send(request, control);
  if (!response)
    return failed(response.error().code == ErrorCode::auth ? "credentials" : "connection", response.error());
  if (space.path.empty() && (response->status == 404 || is_unsupported(*response))) {
    // Services without namespaces have the one list of all tables.
    auto all = service.send(list_all_tables(*endpoint, space, ""), control);
    if (all && remote::is_success(*all)) response = std::move(all);
  }
  checks.push_back(check("connection", Outcome::ok, fmt::format("{} answers", service.settings.url)));
  checks.push_back(credentials(service, *response));
  if (response->status != 401) {
    checks.push_back(listing(*response, shown));
    checks.push_back(jobs(service, *endpoint, control));
  }
  checks.push_back(clock(*response, service.context.environment.now()));
  return checks;
}

}  // namespace matview::providers::lance
