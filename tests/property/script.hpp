#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace matview::property {

/// One thing that happens in a case. A case is a list of these and nothing else, so that any part of it can be left
/// out, printed, and run again.
struct Action {
  enum class Kind {
    write,    ///< a file, or a table of a DuckDB file, has exactly `rows` from now on; appended ones come to its own
    remove,   ///< a file goes
    rename,   ///< a file gets another name
    touch,    ///< a file's times change and nothing else
    view,     ///< a view is created, or replaced if there is one of that name
    refresh,  ///< of the named views, or of all
    query,    ///< all views are read through `query`
    verify,   ///< all views are verified
    gc,       ///< what no version needs goes
    reopen,   ///< another process takes over, with this keep_sources_limit
    time,     ///< so many seconds pass; the clock may also be set back
  };
  Kind kind = Kind::refresh;
  std::string
      target;       ///< path below the case's directory ("shop.duckdb:t" for a table); names of views; seconds; bytes
  std::string how;  ///< write: rename, in_place or append; view: refresh mode, and how sources are kept;
                    ///< refresh: full; rename: the new path
  std::string columns;            ///< of write: "id INTEGER, k VARCHAR"
  std::vector<std::string> rows;  ///< of write: "1, 'a'"
  std::string sql;                ///< of view
  std::set<std::string> tags;     ///< of view: the constructs in it; for statistics, not part of the text
};

using Script = std::vector<Action>;

/// A line for each action, indented ones for what belongs to it; `parse_script` reads it back. Lines that begin with #
/// are comments.
std::string to_text(const Script& script);
Script parse_script(const std::string& text);

}  // namespace matview::property
