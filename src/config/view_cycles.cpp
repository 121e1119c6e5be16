#include "config/view_cycles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "support/text.hpp"

namespace matview::config {

namespace {

class Walk {
 public:
  explicit Walk(const std::vector<DefinedView>& views) {
    for (const auto& view : views) views_.emplace(fmt::format("{}:{}", view.profile, view.request.name), &view);
  }

  std::vector<Error> run() {
    for (const auto& [name, view] : views_) visit(name, *view);
    return std::move(errors_);
  }

 private:
  void visit(const std::string& name, const DefinedView& view) {
    if (done_[name]) return;
    path_.push_back(name);
    for (const auto& upstream : view.depends_on) {
      const auto found = views_.find(upstream);
      if (found == views_.end()) continue;
      const auto begin = std::find(path_.begin(), path_.end(), upstream);
      if (begin == path_.end())
        visit(upstream, *found->second);
      else
        report({begin, path_.end()}, *found->second);
    }
    path_.pop_back();
    done_[name] = true;
  }

  void report(std::vector<std::string> cycle, const DefinedView& first) {
    cycle.push_back(cycle.front());
    errors_.emplace_back(ErrorCode::usage, fmt::format("{}: views depend on each other in a circle: {}", first.where,
                                                       support::strip_control(support::join(cycle, " -> "))));
  }

  std::map<std::string, const DefinedView*> views_;
  std::map<std::string, bool> done_;
  std::vector<std::string> path_;
  std::vector<Error> errors_;
};

}  // namespace

std::vector<Error> cycles_of(const std::vector<DefinedView>& views) { return Walk(views).run(); }

}  // namespace matview::config
