#include "providers/local/suggest_table.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/edit_distance.hpp"

namespace matview::providers {

Error suggest_table(Error error, engine::Store& store) {
  constexpr std::string_view k_before = "Table with name ";
  constexpr std::string_view k_after = " does not exist!";
  const auto begin = error.message.find(k_before);
  const auto end = error.message.find(k_after);
  if (!error.hint.empty() || begin == std::string::npos || end == std::string::npos || end < begin) return error;
  const auto start = begin + k_before.size();
  const auto table = std::string_view(error.message).substr(start, end - start);
  std::vector<std::string> names;
  if (const auto views = store.views())
    for (const auto& view : *views) names.push_back(view.definition.name);
  if (const auto near = support::nearest(table, names))
    error.hint = fmt::format("did you mean the view '{}'?", *near);
  else
    error.hint = "'matview list' tells the views; a file is read as 'data/*.parquet', another database with --attach";
  return error;
}

}  // namespace matview::providers
