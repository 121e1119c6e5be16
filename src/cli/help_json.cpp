#include "cli/help_json.hpp"

namespace matview::cli {

const std::string_view k_json_topic = R"(JSON

-o json prints one document on standard output. Its keys are stable: new ones
may come, none goes or changes its meaning. What is unknown is null, times are
RFC 3339 in UTC, sizes end in _bytes or are called bytes, lengths of time end in
_seconds. What only one backend knows is under "native".

  {"schema_version":1,"views":[{"name":"daily","freshness":"stale", …}]}

The key beside schema_version, and the command that prints it:

  views          create, list, show, status
  jobs           refresh, wait, cancel, history, status --job
  plans          with --dry-run
  verifications  verify; beside jobs with refresh --verify
  explanations   explain
  columns, rows  query
  nodes, edges   graph
  changes        diff, apply
  gc, checks, profiles, dropped
                 gc, doctor, profile list and show, drop

-o jsonl prints a line for each event, as it happens: "event" is start,
progress, warning, result, error, and on the last line summary. A result has the
object that the document would list: {"event":"result","job":{…}}. 'query'
prints a line for each row instead.

With both an error is one line on standard error: {"error":{"code":"NOT_FOUND",
"exit_code":6, …}} ('matview help errors').

JSON Schemas (draft 2020-12) of all of these are installed in
share/matview/schemas: views.json, jobs.json, …, event.json, error.json.

  matview list -o json | jq -r '.views[] | select(.freshness == "stale").name'
  matview refresh --stale -o jsonl | jq -c 'select(.event == "result").job'
)";

}  // namespace matview::cli
