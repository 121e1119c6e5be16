#pragma once

#include <optional>
#include <string>

#include "matview/result.hpp"
#include "matview/time.hpp"
#include "matview/view.hpp"
#include "providers/dune/view_answers.hpp"

namespace matview::providers::dune {

/// `text` with single spaces. `usage` for what is no cron expression of five numeric fields, or for runs closer than 15
/// minutes or further apart than a week, which the service refuses.
Result<std::string> check_schedule(std::string_view text);

struct Health {
  Freshness freshness = Freshness::unknown;
  std::string reason;  ///< empty when fresh
};

/// How fresh a view is: as fresh as its schedule promises, with room for a service that starts runs late. `filled_at`
/// is the end of the newest run that went well. Without a schedule the service promises nothing: unknown.
Health health_of(const StoredView& view, std::optional<Time> filled_at, Time now);

/// What to say of a schedule that has ended or ends within two weeks; empty otherwise. After its end a view grows old
/// without a word.
std::string schedule_warning(const StoredView& view, std::string_view shown_name, Time now);

}  // namespace matview::providers::dune
