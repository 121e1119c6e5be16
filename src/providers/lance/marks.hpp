#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "matview/time.hpp"
#include "providers/lance/table_answers.hpp"

namespace matview::providers::lance {

/// What the metadata of a table tells of the view it is: written by Geneva (geneva::view::…) or by LanceDB itself
/// (mv.…). Keys beyond those known here do not matter.
struct Marks {
  bool is_view = false;
  std::string kind = "query";
  std::string definition;  ///< JSON, as its writer had it
  std::string source;      ///< the source table's name, without its namespace
  std::string source_database;
  std::optional<Path> space;                   ///< the namespace that the view, or its source, is in
  std::optional<std::int64_t> source_version;  ///< what the last refresh read
  std::optional<Time> refreshed_at;
};

Marks read_marks(const Table& table);

}  // namespace matview::providers::lance
