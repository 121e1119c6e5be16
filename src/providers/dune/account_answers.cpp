#include "providers/dune/account_answers.hpp"

#include <charconv>

#include "providers/dune/wire.hpp"
#include "providers/remote/fields.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes what stands before the next `separator` off the front.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Account> read_whoami(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  return Account{remote::text(body, "customer_id"), remote::text(body, "created_by")};
}

std::optional<double> Usage::credits_left() const {
  if (!credits_used || !credits_included) return std::nullopt;
  return *credits_included - *credits_used;
}

Result<Usage> read_usage(const HttpResponse& response, Time today) {
  MATVIEW_ASSIGN(const Value body, read_body(response));
  Usage usage;
  usage.bytes_used = remote::integer(body, "bytes_used");
  usage.bytes_allowed = remote::integer(body, "bytes_allowed");
  // One page of the documentation has the other spelling.
  const auto& periods = remote::elements(body, "billing_periods").empty() ? remote::elements(body, "billingPeriods")
                                                                          : remote::elements(body, "billing_periods");
  const std::string date = support::format_rfc3339(today).substr(0, 10);
  const Value* chosen = nullptr;
  std::string chosen_start;
  for (const auto& period : periods) {
    const std::string start = remote::text(period, "start_date");
    if (start.substr(0, 10) > date || (chosen != nullptr && start < chosen_start)) continue;
    chosen = &period;
    chosen_start = start;
  }
  if (chosen == nullptr) return usage;
  usage.credits_used = remote::real(*chosen, "credits_used");
  usage.credits_included = remote::real(*chosen, "credits_included");
  usage.period_end = remote::text(*chosen, "end_date");
  return usage;
}

std::vector<RateLimit> read_rate_limits(const HttpResponse& response) {
  std::vector<RateLimit> limits;
  for (const auto& header : response.headers.all("RateLimit"))
    for (std::string_view rest = header; !rest.empty();) {
      std::string_view item = take(rest, ',');
      std::string_view policy = take(item, ';');
      if (policy.size() > 1 && policy.front() == '"' && policy.back() == '"')
        policy = policy.substr(1, policy.size() - 2);
      RateLimit limit{std::string(policy), -1, std::nullopt};
      while (!item.empty()) {
        const auto parameter = take(item, ';');
        if (parameter.starts_with("r=")) limit.remaining = number(parameter.substr(2)).value_or(-1);
        if (parameter.starts_with("t=")) limit.reset_seconds = number(parameter.substr(2));
      }
      if (limit.remaining >= 0) limits.push_back(std::move(limit));
    }
  return limits;
}

}  // namespace matview::providers::dune
