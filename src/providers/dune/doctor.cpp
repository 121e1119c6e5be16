#include "providers/dune/doctor.hpp"

#include <fmt/format.h>

#include <optional>

#include "providers/dune/account_answers.hpp"
#include "providers/dune/account_requests.hpp"
#include "providers/dune/credits.hpp"
#include "providers/dune/locate.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

using Outcome = Check::Outcome;

constexpr double k_nearly_full = 0.9;
constexpr Duration k_much_skew = std::chrono::seconds(60);

/// One examination; stops where nothing further can be asked.
class Examination {
 public:
  Examination(const Service& service, Control& control) : service_(service), control_(control) {}

  std::vector<Check> run() {
    if (ask_account() && ask_usage()) ask_views();
    return std::move(checks_);
  }

 private:
  void add(std::string name, Outcome outcome, std::string message, std::string hint = {}) {
    checks_.push_back({std::move(name), outcome, std::move(message), std::move(hint)});
  }

  void failed(std::string name, const Error& error) {
    checks_.push_back({std::move(name), Outcome::failed, error.message, error.hint, error.code});
  }

  /// Any answer shows that the address is right; what it says is told apart from that.
  bool ask_account() {
    const auto response = service_.send(whoami(service_.api()), control_);
    if (!response) {
      failed(response.error().code == ErrorCode::auth ? "credentials" : "service", response.error());
      return false;
    }
    add("service", Outcome::ok, fmt::format("{} answers", service_.api()));
    tell_rate_limits(*response);
    tell_clock(*response);
    const auto account = read_whoami(*response);
    if (account && !account->id.empty())
      add("account", Outcome::ok, fmt::format("the key belongs to {}", support::strip_control(account->id)));
    // Not every server has that question; the next one tells of the key as well.
    if (account || account.error().code != ErrorCode::auth) return true;
    failed("credentials", account.error());
    return false;
  }

  void tell_rate_limits(const HttpResponse& response) {
    std::vector<std::string> parts;
    bool exhausted = false;
    for (const auto& limit : read_rate_limits(response)) {
      exhausted = exhausted || limit.remaining == 0;
      parts.push_back(fmt::format("{}: {}", support::strip_control(limit.policy),
                                  support::count_noun(limit.remaining, "request") + " left"));
      if (limit.reset_seconds) parts.back() += fmt::format(" for {} s", *limit.reset_seconds);
    }
    if (parts.empty()) return;
    add("rate limit", exhausted ? Outcome::warning : Outcome::ok, support::join(parts, ", "),
        exhausted ? "requests are held back until the limit is lifted" : "");
  }

  /// Ends of schedules and ages of views are told by our clock.
  void tell_clock(const HttpResponse& response) {
    const auto* date = response.headers.find("Date");
    const auto theirs = date == nullptr ? Result<Time>(fail(ErrorCode::failed, "")) : support::parse_http_date(*date);
    if (!theirs) return;
    const Duration skew = service_.now() - *theirs;
    if (std::chrono::abs(skew) <= k_much_skew) return add("clock", Outcome::ok, "as the service's");
    add("clock", Outcome::warning,
        fmt::format("{} {} the service's", support::format_duration(std::chrono::abs(skew)),
                    skew > Duration::zero() ? "ahead of" : "behind"),
        "set the clock of this machine: freshness and ends of schedules are told by it");
  }

  bool ask_usage() {
    const Time now = service_.now();
    const auto usage = service_.ask(
        dune::usage(service_.api()), [&](const HttpResponse& response) { return read_usage(response, now); }, control_);
    if (!usage) {
      failed(usage.error().code == ErrorCode::auth ? "credentials" : "usage", usage.error());
      return usage.error().code != ErrorCode::auth;
    }
    add("credentials", Outcome::ok, "the key is accepted");
    tell_credits(*usage);
    tell_storage(*usage);
    return true;
  }

  void tell_credits(const Usage& usage) {
    const auto left = usage.credits_left();
    if (!left) return add("credits", Outcome::warning, "the service does not tell how many are left");
    const std::string end = usage.period_end.empty() ? "" : " until " + support::strip_control(usage.period_end);
    add("credits", *left > 0 ? Outcome::ok : Outcome::warning,
        fmt::format("{} of {} left{}", credits_text(*left), credits_text(*usage.credits_included), end),
        *left > 0 ? "" : "runs may be refused or cost extra until the next billing period");
  }

  void tell_storage(const Usage& usage) {
    if (!usage.bytes_used || !usage.bytes_allowed || *usage.bytes_allowed <= 0) return;
    const bool full =
        static_cast<double>(*usage.bytes_used) > k_nearly_full * static_cast<double>(*usage.bytes_allowed);
    add("storage", full ? Outcome::warning : Outcome::ok,
        fmt::format("{} of {} used", support::human_bytes(*usage.bytes_used),
                    support::human_bytes(*usage.bytes_allowed)),
        full ? "views that do not fit any more will fail: drop some" : "");
  }

  void ask_views() {
    const auto views = all_views(service_, control_);
    if (!views) return failed("views", views.error());
    const std::string owner = service_.owner();
    std::string message = support::count_noun(static_cast<std::int64_t>(views->size()), "view");
    if (!owner.empty()) message += fmt::format(" of '{}'", support::strip_control(owner));
    const bool foreign = !views->empty() && !owner.empty() && !same_owner(owner_of(views->front().full_name), owner);
    if (!foreign) return add("views", Outcome::ok, std::move(message));
    add("views", Outcome::warning,
        fmt::format("the key belongs to '{}' and the profile says owner = '{}'",
                    support::strip_control(owner_of(views->front().full_name)), support::strip_control(owner)),
        "correct or remove the key owner of the profile");
  }

  const Service& service_;
  Control& control_;
  std::vector<Check> checks_;
};

}  // namespace

std::vector<Check> doctor(const Service& service, Control& control) { return Examination(service, control).run(); }

}  // namespace matview::providers::dune
