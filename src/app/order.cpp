#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/selection.hpp"

namespace matview::app {

namespace {

using Key = std::pair<std::string, std::string>;

Key key_of(const Selected& selected) { return {selected.profile, selected.view.name}; }

}  // namespace

// Kahn's algorithm over a sorted set, so that the order is the same every time.
void order_by_dependency(std::vector<Selected>& views) {
  // Not every backend keeps names apart.
  std::map<Key, std::vector<Selected*>> by_key;
  for (auto& selected : views) by_key[key_of(selected)].push_back(&selected);
  std::map<Key, std::set<Key>> readers;
  std::map<Key, std::size_t> open_upstream;
  std::set<Key> ready;
  for (const auto& [key, namesakes] : by_key) {
    std::set<Key> upstream;
    for (const auto* selected : namesakes)
      for (const auto& name : selected->view.depends_on)
        if (by_key.contains({key.first, name})) upstream.insert({key.first, name});
    for (const auto& source : upstream) readers[source].insert(key);
    open_upstream[key] = upstream.size();
    if (upstream.empty()) ready.insert(key);
  }

  std::vector<Selected> ordered;
  ordered.reserve(views.size());
  while (!ready.empty()) {
    const Key key = *ready.begin();
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
