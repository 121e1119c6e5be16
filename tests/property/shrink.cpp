#include "shrink.hpp"

#include <algorithm>
#include <exception>

#include "simplify_sql.hpp"

namespace matview::property {

namespace {

using Clock = std::chrono::steady_clock;

class Shrinker {
 public:
  Shrinker(Script script, Failure failure, std::chrono::seconds budget)
      : best_{std::move(script), std::move(failure)}, end_(Clock::now() + budget) {}

  Shrunk run() {
    for (bool better = true; better && Clock::now() < end_;) {
      better = drop_actions();
      better = drop_rows() || better;
      better = simplify_views() || better;
    }
    return best_;
  }

 private:
  bool attempt(Script candidate) {
    if (Clock::now() >= end_) return false;
    ++best_.attempts;
    std::size_t done = candidate.size();
    try {
      auto failure = run_script(candidate, &done);
      if (!failure || !failure->is_like(best_.failure)) return false;
      candidate.resize(done);
      best_.script = std::move(candidate);
      best_.failure = *std::move(failure);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  bool drop_actions() {
    bool better = false;
    for (auto size = std::max<std::size_t>(best_.script.size() / 4, 1); size > 0; size /= 2)
      for (std::size_t at = best_.script.size(); at-- > 0;) {
        if (at + size > best_.script.size()) continue;
        auto candidate = best_.script;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(at),
                        candidate.begin() + static_cast<std::ptrdiff_t>(at + size));
        better = attempt(std::move(candidate)) || better;
      }
    return better;
  }

  bool drop_rows() {
    bool better = false;
    for (std::size_t i = 0; i < best_.script.size(); ++i)
      for (auto size = best_.script[i].rows.size(); size > 0; size /= 2)
        for (std::size_t at = 0; i < best_.script.size() && at + size <= best_.script[i].rows.size();) {
          auto candidate = best_.script;
          auto& rows = candidate[i].rows;
          rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at),
                     rows.begin() + static_cast<std::ptrdiff_t>(at + size));
          if (attempt(std::move(candidate)))
            better = true;
          else
            at += size;
        }
    return better;
  }

  bool simplify_views() {
    bool better = false;
    for (std::size_t i = 0; i < best_.script.size(); ++i)
      while (best_.script[i].kind == Action::Kind::view && simplify_view(i)) better = true;
    return better;
  }

  bool simplify_view(std::size_t i) {
    const auto queries = simpler_queries(parser_.database(), best_.script[i].sql);
    for (const auto& sql : queries) {
      auto candidate = best_.script;
      candidate[i].sql = sql;
      if (candidate[i].sql.size() >= best_.script[i].sql.size() && !first_) continue;
      if (attempt(std::move(candidate))) return true;
      if (i >= best_.script.size()) return false;
    }
    return false;
  }

  Shrunk best_;
  Clock::time_point end_;
  Oracle parser_{"/"};
  bool first_ = false;
};

}  // namespace

Shrunk shrink(Script script, Failure failure, std::chrono::seconds budget) {
  return Shrinker(std::move(script), std::move(failure), budget).run();
}

}  // namespace matview::property
