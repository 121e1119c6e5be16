#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/selection.hpp"

namespace matview::app {

ViewKey key_of(const Selected& selected) { return {selected.profile, selected.view.name}; }

std::vector<ViewKey> upstream_keys(const Selected& selected) {
  auto keys = selected.upstream;
  for (const auto& name : selected.view.depends_on) keys.emplace_back(selected.profile, name);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// Kahn's algorithm over a sorted set, so that the order is the same every time.
void order_by_dependency(std::vector<Selected>& views) {
  // Not every backend keeps names apart.
  std::map<ViewKey, std::vector<Selected*>> by_key;
  for (auto& selected : views) by_key[key_of(selected)].push_back(&selected);
  std::map<ViewKey, std::set<ViewKey>> readers;
  std::map<ViewKey, std::size_t> open_upstream;
  std::set<ViewKey> ready;
  for (const auto& [key, namesakes] : by_key) {
    std::set<ViewKey> upstream;
    for (const auto* selected : namesakes)
      for (auto& source : upstream_keys(*selected))
        if (by_key.contains(source)) upstream.insert(std::move(source));
    for (const auto& source : upstream) readers[source].insert(key);
    open_upstream[key] = upstream.size();
    if (upstream.empty()) ready.insert(key);
  }

  std::vector<Selected> ordered;
  ordered.reserve(views.size());
  while (!ready.empty()) {
    const ViewKey key = *ready.begin();
    ready.erase(ready.begin());
    for (const auto& reader : readers[key])
      if (--open_upstream[reader] == 0) ready.insert(reader);
    for (auto* selected : by_key.at(key)) ordered.push_back(std::move(*selected));
    by_key.erase(key);
  }
  // What is left reads from itself. Providers refuse that, but a foreign store may hold it all the same.
  for (auto& [key, namesakes] : by_key)
    for (auto* selected : namesakes) ordered.push_back(std::move(*selected));
  views = std::move(ordered);
}

}  // namespace matview::app
