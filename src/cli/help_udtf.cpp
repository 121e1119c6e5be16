#include "cli/help_udtf.hpp"

namespace matview::cli {

const std::string_view k_udtf_topic = R"(VIEWS MADE BY A PROGRAM

A program of yours, in any language, makes the rows: those of the view's query
go to its stdin, and what it writes to stdout is the view. Local engine only.

  --kind chunker   each source row becomes rows of its own. A refresh runs the
                   program for new and changed source rows alone
  --kind udtf      any rows from any rows: one process for all, or with
                   --udtf-partition-by A,B one for each value of columns

A chunker in Python, split.py (chmod +x split.py):

  #!/usr/bin/env python3
  import json, sys
  for line in sys.stdin:                      # one JSON object in each line
      row = json.loads(line)
      for word in row["text"].split():
          print(json.dumps({"__source_row_id": row["__source_row_id"],
                            "doc": row["doc"], "word": word}))

  matview create words --kind chunker --udtf ./split.py --with-data \
    --query "SELECT doc, text FROM 'docs/*.parquet'" \
    --output-schema 'doc BIGINT, word VARCHAR'

The rules:
  - read stdin to its end, write whole lines, exit with 0
  - return every column of --output-schema and no other, values of its types; a
    chunker repeats __source_row_id, and the engine adds __child_index (0, 1, …)
  - give the same rows for the same input; 'matview verify' runs it again
  - stderr is yours: its end is kept with the job and shown when it fails
  - it runs without a shell, in an empty directory of its own, with PATH, HOME,
    LANG, TZ, TMPDIR and MATVIEW_VIEW, _KIND, _FORMAT, _THREADS

A program with arguments: --udtf-command '["python3","split.py","--size","9"]'.
CSV with a header instead of JSON: --udtf-format csv. Limits for each process:
--udtf-memory 1GiB --udtf-timeout 5m --udtf-max-output 1GiB --udtf-num-cpus 2.
Wrong rows fail the refresh, and the old rows stay; --udtf-error-handling
skip_rows:100 leaves up to 100 of them out. When the program's file changes the
view is stale and everything is run again. More: matview-udtf(7).
)";

}  // namespace matview::cli
