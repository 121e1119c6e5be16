#include "cli/help_schedules.hpp"

namespace matview::cli {

const std::string_view k_schedules_topic = R"(SCHEDULES

A local view may have a schedule, may refresh itself, or both:

  matview create daily --query-file daily.sql --schedule '30 2 * * mon-fri' \
    --timezone Europe/Berlin
  matview create live --query-file live.sql --auto-refresh

Nothing runs by itself: one line in a crontab, a systemd timer, or the service
'matview watch' does (examples lie in share/doc/matview/examples).

  * * * * * matview refresh --due --quiet --if-locked skip
  */10 * * * * matview refresh --auto --quiet --if-locked skip

A schedule has the five fields of crontab: minute, hour, day of month, month,
weekday (0 and 7 are Sunday). A field is '*', a number, a name (jan, mon), a
range (8-18), each with a step (*/15, 8-18/2), or a list of these. Day of month
and weekday, both restricted, mean either. Or it is one of @hourly, @daily,
@midnight, @weekly, @monthly, @yearly. It is told in --timezone, else in the
profile's key timezone, else in UTC.

When the clock is set for daylight saving, a schedule of certain hours keeps its
ticks: one in the hour left out comes when the clock has been set, one in the
hour that comes twice comes the first time. A schedule of every hour goes on as
time does.

Windows lie between the ticks. --due refreshes the views that have not been
refreshed with success in this window, those never filled among them; of ticks
that were missed one refresh makes up for all. Who asks by name for a view that
was refreshed in this window is told CONFLICT (10) and when the next opens;
--force does it all the same.

--auto refreshes the views made with --auto-refresh whose sources have changed.
Keys of the profile say how much that must be; each must be reached:

  auto_refresh.min_changed_files = 10        default 1
  auto_refresh.min_changed_bytes = "100MB"   default 0
  auto_refresh.cooldown = "15m"              default none, after any attempt

A new version of a view or table among the sources is always change enough.

After 5 failures in a row of refreshes by --due, --auto, --stale or watch a view
is suspended, with what reads from it: it is left out of these until 'matview
resume NAME'. 'matview suspend NAME' does the same by hand. Named, it is still
refreshed. 'matview status' tells which views are suspended and why.

To change schedule, tags or --auto-refresh, give create --replace with the same
query: the rows, their versions and what incremental refreshes keep all stay.
What is not given again is gone, the schedule too.
)";

}  // namespace matview::cli
