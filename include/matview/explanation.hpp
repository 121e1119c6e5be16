#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matview/time.hpp"
#include "matview/view.hpp"

namespace matview {

/// One way to maintain one part of a definition, and whether it can be taken.
struct Technique {
  std::string block;  ///< the part of the definition: "2: aggregate"
  std::string name;   ///< linear, merge_groups, touched_groups, touched_keys, …
  bool applicable = false;
  bool chosen = false;
  std::string code;  ///< why not, or why not chosen: VOLATILE_FUNCTION, WINDOW_WITHOUT_PARTITION, …; empty if chosen
  std::string reason;  ///< the operator or source that stands in the way, in words
  std::string sql;     ///< how the change is computed, with names in place of the states of its inputs
};

/// How a view would be refreshed now, and why.
struct Explanation {
  std::string view;
  std::string refresh_mode;  ///< what the definition asks for
  std::string action;        ///< no_data, incremental, full, reinitialized
  std::string code;          ///< coded reason of the action; empty where it is incremental
  std::string reason;
  std::vector<Technique> techniques;
  std::vector<Source> sources;  ///< with what changed
  std::optional<Duration> predicted_incremental;
  std::optional<Duration> predicted_full;
  std::string profile = {};  ///< filled in by who asked the provider
};

}  // namespace matview
