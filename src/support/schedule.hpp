#pragma once

#include "support/cron.hpp"
#include "support/time_zone.hpp"

namespace matview::support {

/// A schedule by the wall clock of a time zone.
///
/// When the clock is set, the rule is that of Debian's cron(8). A schedule of certain hours keeps its ticks: one in the
/// hour that is left out comes when the clock has been set, and several of them come as one; one in the hour that
/// comes twice comes the first time only. A schedule of every hour goes on as time does: it has no ticks in an hour
/// that there is not, and has those of an hour that comes twice both times.
class Schedule {
 public:
  Schedule(Cron cron, TimeZone zone) : cron_(std::move(cron)), zone_(std::move(zone)) {}

  /// The first tick after `time`.
  Time next(Time time) const;
  /// The last tick at or before `time`.
  Time previous(Time time) const;

  const Cron& cron() const { return cron_; }

 private:
  /// Where the ticks of a segment that are its own begin, by the wall clock.
  Time own_ticks_from(const TimeZone::Segment& segment) const;
  /// Whether a tick falls into what the clock leaves out at the segment's begin.
  bool ticks_in_gap(const TimeZone::Segment& segment) const;

  Cron cron_;
  TimeZone zone_;
};

}  // namespace matview::support
