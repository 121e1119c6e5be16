#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/http.hpp"
#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview::providers::dune {

struct Account {
  std::string id;          ///< "team_456": a number, not the handle that stands in names
  std::string created_by;  ///< who made the key
};

Result<Account> read_whoami(const HttpResponse& response);

/// The current billing period.
struct Usage {
  std::optional<double> credits_used;
  std::optional<double> credits_included;
  std::string period_end;  ///< a date
  std::optional<std::int64_t> bytes_used;
  std::optional<std::int64_t> bytes_allowed;

  std::optional<double> credits_left() const;
};

/// `today` chooses the period.
Result<Usage> read_usage(const HttpResponse& response, Time today);

/// One part of a `RateLimit` header: "policy";r=remaining;t=seconds.
struct RateLimit {
  std::string policy;
  std::int64_t remaining = 0;
  std::optional<std::int64_t> reset_seconds;
};

std::vector<RateLimit> read_rate_limits(const HttpResponse& response);

}  // namespace matview::providers::dune
