#include "cli/help_views_file.hpp"

namespace matview::cli {

const std::string_view k_views_file_topic = R"(VIEWS FILE

A TOML file says which views there are to be; 'matview diff -f FILE' tells what
differs from it, 'matview apply -f FILE' makes it so. A project's matview.toml
may hold its views beside its settings.

  [views.daily]
  query_file = "sql/daily.sql"
  tags = ["nightly"]
  retain = 5
  with_data = true

  [views.top_days]
  query = """
  SELECT * FROM daily ORDER BY n DESC LIMIT 10
  """

  [views.result_fees]
  profile = "dune"
  query_file = "sql/fees.sql"
  schedule = "0 */6 * * *"
  depends_on = ["warehouse:daily"]

Keys:

  profile       the profile it belongs to; or [views."PROFILE:NAME"]; without
                either the profile in use
  query, query_file   the SQL, or the file that holds it
  kind          query, udtf, chunker
  tags          a list of words
  with_data     true: filled when it is created, or gets another definition
  depends_on    what must be refreshed before it, NAME or PROFILE:NAME; a name
                alone is of the view's own profile
  others        create's flags of the view's provider, with '_' or '-': numbers,
                strings and true; lists for flags that may be repeated, that
                take names between commas, or JSON

Paths count from the folder of the file, those in a local query too, unless
base_dir says otherwise. Unknown keys, keys of other providers and wrong values
are errors with file and line; 'matview validate -f FILE' tells all of them and
asks no backend.

What diff and apply do with a view:

  create     it is not there yet
  change     tags, retention and the like; its rows stay
  replace    another query, kind or option that the rows depend on: they are
             those of the old definition until the next refresh (with_data: it
             is filled anew)
  recreate   the same where the backend cannot change a view (lance): dropped,
             with its rows, and created
  unchanged  nothing is sent
  drop       only with --prune: it is not in the file

What a backend does not tell makes no difference. For the local engine a key
that is left out means its default; Dune keeps what is not said, so take a
schedule away with no_schedule = true. Each change at Dune runs the query, which
is billed, and diff says so.

--prune looks at the profiles that views of the file belong to, and at no other:
an empty file drops nothing. On a terminal apply shows everything and asks. In a
pipeline, or with --yes, it drops and recreates only what --allow-drop GLOB
(NAME or PROFILE:NAME) agrees to, and does nothing at all if that is not enough.

  matview diff -f views.toml --exit-code      5 if anything differs
  matview diff -f views.toml --out plan.json  to be looked at, and then
  matview apply plan.json                     done just so, or refused (10) if
                                              the file or a backend changed

Upstream goes before downstream. A change that fails leaves the others to go on,
but for what depends on it, and nothing is dropped then; the exit code is 3.
Every change is a step of its own: after whatever ended it, apply goes on.

'matview list -o toml' and 'matview show NAME -o toml' write views that are
there in this form: the way in for those who have some already.
)";

}  // namespace matview::cli
