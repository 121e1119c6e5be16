#include "providers/dune/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "providers/dune/freshness.hpp"
#include "providers/remote/settings.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

constexpr std::array<std::string_view, 3> k_tiers{"small", "medium", "large"};

bool is_handle(std::string_view owner) {
  if (owner.size() > 2 && owner.front() == '"' && owner.back() == '"') owner = owner.substr(1, owner.size() - 2);
  return !owner.empty() && owner.find_first_of("\"./\\ \t\r\n") == std::string_view::npos;
}

Result<void> check_cron(std::string_view text) {
  MATVIEW_TRY(check_schedule(text));
  return {};
}

Result<void> check_time(std::string_view text) {
  MATVIEW_TRY(support::parse_rfc3339(text));
  return {};
}

}  // namespace

std::string api_address(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  for (const std::string_view tail : {"/v1", "/api"})
    if (url.ends_with(tail)) url.resize(url.size() - tail.size());
  while (url.ends_with('/')) url.pop_back();
  return url + "/api";
}

Result<Settings> read_settings(const ProviderContext& context) {
  Settings settings;
  MATVIEW_ASSIGN(auto url, remote::base_url(context, "https://api.dune.com/api"));
  if (url.find('?') != std::string::npos)
    return fail(Error(ErrorCode::usage, "url: the address must not have a query").with_hint("as https://api.dune.com"));
  settings.api = api_address(std::move(url));
  if (const auto* owner = remote::setting(context, "owner")) {
    if (!is_handle(*owner))
      return fail(Error(ErrorCode::usage, fmt::format("owner: '{}' is no handle of an account", *owner))
                      .with_hint("it is what stands in the middle of dune.OWNER.result_x"));
    settings.owner = *owner;
  }
  if (const auto* tier = remote::setting(context, "performance")) {
    if (std::find(k_tiers.begin(), k_tiers.end(), *tier) == k_tiers.end())
      return fail(Error(ErrorCode::usage, fmt::format("performance: there is no tier '{}'", *tier))
                      .with_hint("one of small, medium, large"));
    settings.performance = *tier;
  }
  if (const auto* interval = remote::setting(context, "poll_interval")) {
    auto given = support::parse_duration(*interval);
    if (!given) return fail(std::move(given).error().with_context("poll_interval: "));
    settings.look_again = std::min(settings.look_again, *given);
  }
  return settings;
}

std::vector<OptionSpec> options() {
  using enum Operation;
  using remote::spec;
  auto performance = spec("performance", "TIER", "Size of the engine that runs the query", {create, refresh});
  performance.choices = {k_tiers.begin(), k_tiers.end()};
  auto if_running = spec("if-running", "WHAT",
                         "While a run is under way: wait for it, skip, or start another (default wait)", {refresh});
  if_running.choices = {"wait", "skip", "start"};
  const auto keeps_rows = [](OptionSpec option) {
    option.keeps_rows = true;
    return option;
  };
  performance.keeps_rows = true;
  return {
      spec("query-id", "N", "Saved query to make the view from; with --query its SQL is changed", {create},
           remote::check_count),
      std::move(performance),
      keeps_rows(spec("schedule", "CRON", "When to refresh: five fields, 15 minutes to a week apart, UTC", {create},
                      check_cron)),
      keeps_rows(spec("no-schedule", "", "Take the schedule away", {create})),
      keeps_rows(spec("expires-at", "TIME", "When the schedule ends, as 2027-01-31T00:00:00Z", {create}, check_time)),
      keeps_rows(spec("private", "", "Let only the account itself see the view", {create})),
      keeps_rows(spec("public", "", "Let everybody see the view (default)", {create})),
      std::move(if_running),
      spec("max-credits", "N", "Start nothing unless N credits are left in the billing period", {create, refresh},
           remote::check_number),
      spec("force", "", "Drop the view although a run is under way", {drop}),
  };
}

}  // namespace matview::providers::dune
