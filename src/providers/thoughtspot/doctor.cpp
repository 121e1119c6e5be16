#include "providers/thoughtspot/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/remote/answer.hpp"
#include "providers/thoughtspot/clock.hpp"
#include "providers/thoughtspot/fault.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

// What a token's life and the times in messages can bear.
constexpr std::chrono::seconds k_clock_tolerance{60};

bool is_stop(const Error& error) {
  return error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated ||
         error.code == ErrorCode::timeout;
}

class Examination {
 public:
  Examination(Client& client, Control& control) : client_(client), control_(control) {}

  Result<std::vector<Check>> run() {
    MATVIEW_ASSIGN(const bool reached, examine_address());
    if (!reached) return std::move(checks_);
    MATVIEW_ASSIGN(const bool logged_in, examine_login());
    if (!logged_in) return std::move(checks_);
    MATVIEW_TRY(examine_version());
    MATVIEW_TRY(examine_materialization());
    return std::move(checks_);
  }

 private:
  void ok(std::string name, std::string message) {
    checks_.push_back({std::move(name), Check::Outcome::ok, std::move(message), {}});
  }
  void warning(std::string name, std::string message, std::string hint = {}) {
    checks_.push_back({std::move(name), Check::Outcome::warning, std::move(message), std::move(hint)});
  }
  void failed(std::string name, std::string message, std::string hint) {
    checks_.push_back({std::move(name), Check::Outcome::failed, std::move(message), std::move(hint)});
  }

  /// Without credentials: 401 says that this is the place.
  Result<bool> examine_address() {
    const auto& base = client_.address().v1;
    const auto answer = client_.session().send_anonymously(session_info_request(client_.address()), control_);
    if (!answer && is_stop(answer.error())) return fail(answer.error());
    if (!answer) {
      failed("address", answer.error().message, answer.error().hint);
      return false;
    }
    const bool page = remote::is_html(*answer);
    const bool is_there = answer->status == 401 || answer->status == 403 || (remote::is_success(*answer) && !page);
    const bool is_old = is_missing_call(*answer) && !page;
    if (const auto maintenance = check_no_page(*answer); !maintenance) {
      failed("address", maintenance.error().message, maintenance.error().hint);
      return false;
    }
    if (!is_there && !is_old) {
      failed("address", fmt::format("there is no ThoughtSpot at {}: {}", base, read_error(*answer).message),
             "url is the address of the server alone, as https://example.com or https://example.com:8443");
      return false;
    }
    ok("address", is_old ? base + " answers; it is older than 7.2.1" : base + " answers");
    examine_encryption(base);
    examine_clock(*answer);
    return true;
  }

  /// That certificates are not to be checked is told of the profile already.
  void examine_encryption(const std::string& base) {
    if (!base.starts_with("https://")) return warning("TLS", "there is none: the address begins with http://");
    if (!client_.settings().insecure) ok("TLS", "the server's certificate is good");
  }

  void examine_clock(const HttpResponse& answer) {
    const auto ahead = clock_ahead(answer, client_.context().environment.now());
    if (!ahead) return;
    const Duration apart = *ahead < Duration::zero() ? -*ahead : *ahead;
    if (apart <= k_clock_tolerance) return ok("clock", "agrees with the server's");
    warning("clock", fmt::format("the server's clock is {} {} this one", support::format_duration(apart),
                                 *ahead < Duration::zero() ? "behind" : "ahead of"));
  }

  Result<bool> examine_login() {
    const auto login = client_.session().open(control_);
    if (!login && is_stop(login.error())) return fail(login.error());
    if (!login) {
      failed("login", login.error().message, login.error().hint);
      return false;
    }
    const auto how = *login == Login::session   ? "with a password"
                     : *login == Login::trusted ? "with a secret key"
                                                : "with a token";
    MATVIEW_ASSIGN(const auto answer, client_.send(session_info_request(client_.address()), control_));
    if (is_missing_call(answer)) {
      ok("login", how);
      warning("privileges", "the server does not tell them; it is older than 7.2.1");
      return true;
    }
    const auto info = read_session_info(answer);
    if (!info) {
      const auto error = with_login_hint(info.error(), *login, client_.context().profile);
      failed("login", error.message, error.hint);
      return false;
    }
    ok("login", fmt::format("{}, {}", info->user.empty() ? "a user" : support::strip_control(info->user), how));
    examine_privileges(*info);
    return true;
  }

  void examine_privileges(const SessionInfo& info) {
    const auto has = [&](std::string_view privilege) {
      return std::find(info.privileges.begin(), info.privileges.end(), privilege) != info.privileges.end();
    };
    if (has("ADMINISTRATION")) return ok("privileges", "can administer ThoughtSpot");
    warning("privileges",
            has("DATAMANAGEMENT") ? "can manage data but not administer ThoughtSpot: no refresh"
                                  : "can neither administer ThoughtSpot nor manage data: no refresh and no create",
            "a refresh needs 'Can administer ThoughtSpot' (ADMINISTRATION)");
  }

  Result<void> examine_version() {
    const auto answer = client_.send(system_request(client_.address()), control_);
    if (!answer && is_stop(answer.error())) return fail(answer.error());
    if (!answer) return {};
    const auto system = read_system(*answer);
    if (system && !system->version.empty())
      ok("version", support::strip_control(system->version + (system->kind.empty() ? "" : ", " + system->kind)));
    else if (is_missing_call(*answer))
      ok("version", "older than 9.0.1: the server has no REST v2.0");
    return {};
  }

  Result<void> examine_materialization() {
    const auto answer = client_.send(configuration_request(client_.address()), control_);
    if (!answer && is_stop(answer.error())) return fail(answer.error());
    const auto read = answer ? read_configuration(*answer) : fail(answer.error());
    if (!read) {
      warning("materialization", "cannot be read: " + read.error().message,
              "only administrators may read the server's configuration, and from 7.1.1 on");
      return {};
    }
    if (!*read) {
      warning("materialization", "the server's configuration does not speak of it",
              "ThoughtSpot Cloud materializes no views");
      return {};
    }
    tell(**read);
    return {};
  }

  void tell(const Materialization& materialization) {
    if (materialization.enabled == false)
      return failed("materialization", "is switched off: no view can be refreshed",
                    "an administrator of the cluster can switch it on");
    std::string text = materialization.enabled ? "is switched on" : "the server does not say whether it is switched on";
    if (materialization.most_views)
      text += fmt::format(", {} at most", support::count_noun(*materialization.most_views, "view"));
    if (!materialization.window.empty())
      text += fmt::format("; the window of scheduled refreshes is {} in the server's time", materialization.window);
    ok("materialization", text);
  }

  Client& client_;
  Control& control_;
  std::vector<Check> checks_;
};

}  // namespace

Result<std::vector<Check>> doctor(Client& client, Control& control) { return Examination(client, control).run(); }

}  // namespace matview::providers::thoughtspot
