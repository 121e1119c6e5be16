#include "cli/help_topics.hpp"

#include <array>

#include "cli/help_json.hpp"
#include "cli/help_reasons.hpp"
#include "cli/help_schedules.hpp"
#include "cli/help_udtf.hpp"
#include "cli/help_views_file.hpp"

namespace matview::cli {

namespace {

constexpr std::string_view k_exit_codes = R"(EXIT CODES

    0  OK           done, also when nothing had to be done
    1  FAILED       a failure without a code of its own, a refresh that failed
                    among them
    2  USAGE        bad flags, arguments, configuration or definition; nothing
                    was sent or changed
    3  PARTIAL      of several, at least one failed and at least one did not
    4  AUTH         credentials missing, refused, or without the permission
    5  DIFFERS      only where asked for: 'status --exit-code' found a stale
                    view, 'diff --exit-code' a change
    6  NOT_FOUND    no such view, profile, job or version
    7  UNAVAILABLE  network or server trouble after all retries: trying again
                    later may help
    8  TIMEOUT      --timeout was reached; a job that a service runs goes on
    9  UNSUPPORTED  this provider cannot do that
   10  CONFLICT     exists already, was refreshed in this window, or changed
                    underneath
   11  LOCKED       another process is refreshing this view
   70  INTERNAL     a bug in matview
  130  INTERRUPTED  SIGINT
  143  TERMINATED   SIGTERM

More codes may come: treat every other code but 0 as a failure. With -o json or
-o jsonl the symbol is the key "code" of the error on standard error.
)";

constexpr std::string_view k_environment = R"(ENVIRONMENT

A variable that is set but empty counts as not set. Variables are stronger than
configuration files and weaker than flags. 'matview profile show' tells where
each value comes from.

  MATVIEW_PROFILE      the profile in use, as --profile
  MATVIEW_CONFIG       a file in place of the user's configuration, as --config
  MATVIEW_STORE        the store of the profile in use, if it is one of the
                       local engine; else that of the profile 'local'
  MATVIEW_OUTPUT, MATVIEW_COLOR, MATVIEW_PROGRESS, MATVIEW_TIMEOUT,
  MATVIEW_RETRIES, MATVIEW_QUIET, MATVIEW_VERBOSE, MATVIEW_NO_INPUT,
  MATVIEW_LOG_FILE, MATVIEW_LOG_FORMAT, MATVIEW_YES, MATVIEW_DRY_RUN
                       as the flag of that name; a flag without a value is
                       true, 1, yes, on or false, 0, no, off

  MATVIEW_PROFILES_<NAME>_<KEY>
                       a key of a profile. <NAME> is the profile's name in upper
                       case, with '_' for '-' and '.'. A profile that no file
                       has is made, its name in lower case, if
                       MATVIEW_PROFILES_<NAME>_PROVIDER is set. A name that fits
                       two profiles is an error.
                       A secret may stand here: MATVIEW_PROFILES_X_API_KEY.

  MATVIEW_TRACE_HTTP   a file for --trace-http; '-' is standard error
  MATVIEW_LEDGER       the file in which jobs of services are on record
  MATVIEW_COMPLETION_TIMEOUT
                       how long a shell waits for names to complete (100ms)

  A vendor's own names. They hold for every profile of the provider, are weaker
  than MATVIEW_PROFILES_* and stronger than files. While one of them is set,
  there is a profile of the provider's name: 'matview list -P dune'.
    thoughtspot        TS_URL, TS_USERNAME, TS_PASSWORD, TS_SECRET_KEY, TS_TOKEN
    dune               DUNE_API_KEY; DUNE_API_BASE_URL, DUNE_API_HOST or
                       DUNE_API_URL
    lance              LANCEDB_API_KEY, LANCEDB_URI, LANCEDB_DATABASE,
                       LANCEDB_USER_ID

  HOME                 where files beginning with '~/' are, and the defaults of
                       the next two; may be unset
  XDG_CONFIG_HOME      the user's configuration is in matview/config.toml below
                       it; default ~/.config
  XDG_DATA_HOME        the default store is matview below it;
                       default ~/.local/share
  XDG_CACHE_HOME       names of views for completion are in matview/views below
                       it; default ~/.cache
  XDG_STATE_HOME       the ledger is matview/ledger.sqlite below it;
                       default ~/.local/state
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                       proxies for services, as curl reads them
  PATH                 where programs that print secrets, and providers that are
                       programs (matview-provider-NAME), are looked up
  PGHOST, PGDATABASE, PGUSER, PGPASSWORD, PGSERVICE, ...
                       what profiles of provider 'postgres' leave open, as psql
                       reads them
  NO_COLOR             not empty: no colour
  TERM                 'dumb': no colour, no progress bar
  GITHUB_STEP_SUMMARY  where --report github appends its table
  CI                   not empty, 'false' or '0': no prompt, no progress bar

Examples, continuous integration jobs without any file:

  MATVIEW_PROFILE=ci
  MATVIEW_PROFILES_CI_PROVIDER=local
  MATVIEW_PROFILES_CI_STORE=.cache/matview

  MATVIEW_PROFILE=dune
  DUNE_API_KEY=...
)";

constexpr std::string_view k_config = R"(CONFIGURATION

Files are TOML. Each layer is stronger than those before it:

  1. /etc/matview/config.toml
  2. the user's file: $XDG_CONFIG_HOME/matview/config.toml, by default
     ~/.config/matview/config.toml; --config FILE or MATVIEW_CONFIG replaces it
  3. the project's file: the nearest matview.toml from the working directory
     upward
  4. the environment ('matview help environment')
  5. flags

An example:

  default_profile = "warehouse"
  timeout = "15m"

  [profiles.warehouse]
  provider = "local"
  store = "/srv/matview"
  timezone = "Europe/Berlin"
  retain = 30

General keys: default_profile, output, color, progress, timeout, retries,
log_file, log_format, quiet, verbose, no_input.
Keys of a profile of provider 'local': store, timezone, threads, memory_limit,
retain, retain_for, keep_sources, keep_sources_limit, and auto_refresh with
min_changed_files, min_changed_bytes and cooldown. A profile of a service,
which needs no 'provider' if it is called as one:

  [profiles.dune]
  api_key_file = "~/.config/matview/dune.key"

  [profiles.ts]
  provider = "thoughtspot"
  url = "https://example.thoughtspot.cloud"
  username = "etl"
  password_file = "/run/secrets/ts"

Keys that services share: url, username, insecure, ca_file, cert_file, key_file,
connect_timeout, request_timeout, poll_interval, max_requests_per_second. All
are told in matview-config(5), those of one service in matview-dune(7),
matview-lance(7), matview-postgres(7) and matview-thoughtspot(7). A provider
that is no word of ours is a program of its own: matview-provider(7).

Relative paths count from the folder of the file that has them; '~/' is the home
directory. Unknown keys and wrong types are errors that name file, line and key.

Secrets never stand in a file. api_key, token, password, secret_key and
client_secret have two keys each: KEY_file, a file that only its owner may read,
and KEY_command, a program with its arguments (["pass", "show", "name"]), run
without a shell. Or they come from the environment.

A project file comes with a checkout and is not trusted. It may define views,
choose default_profile, and set output, color, progress, timeout, retries and a
profile's timezone, threads and memory_limit; nothing else.

'matview profile show' prints every value with its origin, 'matview profile use'
changes the default profile, 'matview doctor' checks it all. See also
matview-config(5).
)";

constexpr std::string_view k_selectors = R"(SELECTORS

What 'refresh', 'status', 'list', 'graph', 'verify', 'watch', 'suspend' and
'resume' are about; 'list' with the same words shows beforehand what 'refresh'
would take:

  NAME          a view of the profile in use
  PROFILE:NAME  a view of that profile; '*:NAME' of every profile that has one
  'sales_*'     a glob: '*', '?', '[a-z]'; quote it, or the shell reads it
  +NAME         the view and all it reads from, directly or through others
  NAME+         the view and all that reads from it
  +NAME+        both
  -             names and globs from standard input, one a line
  --all         every view of the profile
  --all-profiles  every view of every profile (status, list, graph)
  --stale       only those that are stale or were never filled
  --due         only those whose schedule has ticked since they were refreshed
  --auto        only those that refresh themselves and whose sources have
                changed enough
  --failed      only those whose last refresh failed, and those that the last
                run about them left: skipped, or not come to
  --tag T       only those with that tag; repeatable, any of them will do
  --exclude G   not those whose name matches the glob; repeatable

Names say which views, flags narrow them down; flags alone choose among all. A
command that changes something and is given no selector is an error, never
"all". A name, glob or tag that matches nothing is an error; --stale, --due,
--auto, --failed and --exclude may leave nothing over. Suspended views are left
out of --stale, --due and --auto.

Views are taken in the order of their dependencies, also across profiles: what
is read goes before what reads it. A view whose upstream failed is skipped.
Dependencies are what the backends tell (the local engine, and Dune's lineage)
and 'depends_on' of the views in the nearest matview.toml. 'matview graph' draws
them.

What became of each view is kept from one run to the next, beside the ledger:
'matview refresh --failed' goes on where a run stopped, be it killed. It also
takes views of other profiles, if the run was made with the profile in use that
is in use now. With '--results FILE' a run writes what became of its views, and
'--failed --results FILE' takes exactly what that file says is left.

  matview refresh --stale --quiet         the whole nightly job
  matview refresh +daily_report           all that the report is made of
  matview refresh --failed                what the last run left
  matview refresh orders+ dune:result_x   of two profiles, in one order
  matview status 'sales_*' --exclude '*_tmp'
)";

constexpr std::string_view k_errors = R"(ERRORS

Errors go to standard error and say what was asked, why it failed, what to do:

  error: there is no view 'slaes'
  hint: did you mean 'sales'?

With -o json or -o jsonl an error is one line of JSON on standard error:

  {"error":{"code":"NOT_FOUND","exit_code":6,"message":"…","hint":"…", …}}

Its keys: code, exit_code, message, hint, provider, profile, http_status,
request_id, retryable. What is not known is null. Codes are stable
('matview help exit-codes'), texts are not.

A refresh that fails leaves the rows of the last good one in place; 'matview
history NAME' keeps its error, 'matview refresh --failed' tries again what
failed last. LOCKED (11) names the process that is refreshing; UNAVAILABLE (7)
and "retryable" say that the same command may work later.

A job that a service runs goes on when the waiting for it ends, by TIMEOUT (8)
or Ctrl-C (130): 'matview wait JOB' waits again, from any shell. If the answer
to a refresh was lost, the job's state is 'unknown' and nothing is sent twice:
'matview status --job JOB' looks whether it runs.

Of several views some may fail: the others go on unless --fail-fast is given,
and the exit code is 3.
)";

struct Topic {
  HelpTopic topic;
  std::string_view text;
};

const std::array<Topic, 10> k_topics{{
    {{"exit-codes", "what the exit codes mean"}, k_exit_codes},
    {{"environment", "the variables that matview reads"}, k_environment},
    {{"config", "configuration files, profiles, secrets"}, k_config},
    {{"views-file", "views as code: the file, diff, apply, validate"}, k_views_file_topic},
    {{"selectors", "how to say which views"}, k_selectors},
    {{"errors", "what errors look like and what to do about them"}, k_errors},
    {{"json", "documents and events of -o json and jsonl, and their schemas"}, k_json_topic},
    {{"reasons", "why refreshes are full or incremental"}, k_reasons_topic},
    {{"schedules", "schedules, views that refresh themselves, suspension"}, k_schedules_topic},
    {{"udtf", "views that a program of yours makes"}, k_udtf_topic},
}};

}  // namespace

std::optional<std::string> help_topic(std::string_view name) {
  for (const auto& topic : k_topics)
    if (topic.topic.name == name) return std::string(topic.text);
  return std::nullopt;
}

const std::vector<HelpTopic>& help_topics() {
  static const std::vector<HelpTopic> k_list = [] {
    std::vector<HelpTopic> list;
    for (const auto& topic : k_topics) list.push_back(topic.topic);
    return list;
  }();
  return k_list;
}

}  // namespace matview::cli
