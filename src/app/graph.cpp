#include "app/graph.hpp"

#include <algorithm>
#include <map>

namespace matview::app {

Result<output::Graph> dependency_graph(Workspace& workspace, const Selector& selector, SelectionNeeds needs,
                                       Control& control) {
  needs.whole = needs.freshness = needs.dependencies = true;
  MATVIEW_ASSIGN(auto selected, select(workspace, selector, needs, control));
  // In dependency order, so that what is drawn first is read by what is drawn later.
  std::map<ViewKey, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < selected.size(); ++i) places[key_of(selected[i])].push_back(i);
  output::Graph graph;
  for (std::size_t reader = 0; reader < selected.size(); ++reader) {
    const auto& view = selected[reader].view;
    for (const auto& key : upstream_keys(selected[reader])) {
      const auto sources = places.find(key);
      if (sources == places.end()) continue;
      const bool told = key.first == selected[reader].profile &&
                        std::find(view.depends_on.begin(), view.depends_on.end(), key.second) != view.depends_on.end();
      for (const std::size_t source : sources->second) graph.edges.push_back({source, reader, !told});
    }
  }
  for (auto& item : selected) graph.views.push_back(std::move(item.view));
  return graph;
}

}  // namespace matview::app
