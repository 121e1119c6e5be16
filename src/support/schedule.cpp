#include "support/schedule.hpp"

#include <algorithm>

namespace matview::support {

namespace {

using std::chrono::ceil;
using std::chrono::minutes;

constexpr Duration k_instant{1};

/// The first tick at or after `wall`, a time of a clock that is never set.
Time first_from(const Cron& cron, Time wall) { return cron.next(ceil<minutes>(wall) - minutes(1)); }

}  // namespace

Time Schedule::own_ticks_from(const TimeZone::Segment& segment) const {
  const bool repeats = segment.offset < segment.before && !cron_.every_hour();
  return segment.begin + (repeats ? segment.before : segment.offset);
}

bool Schedule::ticks_in_gap(const TimeZone::Segment& segment) const {
  if (segment.offset <= segment.before || cron_.every_hour()) return false;
  return first_from(cron_, segment.begin + segment.before) < segment.begin + segment.offset;
}

Time Schedule::next(Time time) const {
  Time from = time + k_instant;
  while (true) {
    const auto segment = zone_.at(from);
    if (from <= segment.begin && ticks_in_gap(segment)) return segment.begin;
    const Time tick = first_from(cron_, std::max(from + segment.offset, own_ticks_from(segment))) - segment.offset;
    if (tick < segment.end) return tick;
    from = segment.end;
  }
}

Time Schedule::previous(Time time) const {
  Time until = time;
  while (true) {
    const auto segment = zone_.at(until);
    const Time wall = cron_.previous(until + segment.offset);
    if (wall >= own_ticks_from(segment)) return wall - segment.offset;
    if (ticks_in_gap(segment)) return segment.begin;
    until = segment.begin - k_instant;
  }
}

}  // namespace matview::support
