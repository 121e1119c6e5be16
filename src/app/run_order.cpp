#include "app/run_order.hpp"

#include <map>

namespace matview::app {

RunOrder::RunOrder(const std::vector<Selected>& views)
    : upstream_(views.size()), readers_(views.size()), open_(views.size()), left_(views.size()) {
  // Not every backend keeps names apart.
  std::map<ViewKey, std::vector<std::size_t>> before;
  for (std::size_t i = 0; i < views.size(); ++i) {
    for (const auto& key : upstream_keys(views[i]))
      if (const auto found = before.find(key); found != before.end())
        for (const std::size_t source : found->second) {
          upstream_[i].push_back(source);
          readers_[source].push_back(i);
        }
    open_[i] = upstream_[i].size();
    if (open_[i] == 0) ready_.insert(i);
    before[key_of(views[i])].push_back(i);
  }
}

void RunOrder::end(std::size_t index) {
  --left_;
  for (const std::size_t reader : readers_[index])
    if (--open_[reader] == 0) ready_.insert(reader);
}

}  // namespace matview::app
