#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace matview::engine {

/// Where things are in a store.
struct StorePaths {
  std::filesystem::path root;

  std::filesystem::path catalog() const { return root / "catalog.sqlite"; }
  std::filesystem::path data() const { return root / "data"; }
  /// Private state of views, a directory of each by its id.
  std::filesystem::path state() const { return root / "state"; }
  std::filesystem::path state(std::int64_t view_id) const { return state() / std::to_string(view_id); }
  /// Source files that are kept for views, a directory of each by its id.
  std::filesystem::path sources() const { return root / "sources"; }
  std::filesystem::path sources(std::int64_t view_id) const { return sources() / std::to_string(view_id); }
  std::filesystem::path temporary() const { return root / "tmp"; }
  std::filesystem::path locks() const { return root / "locks"; }
  std::filesystem::path pins() const { return locks() / "pins"; }
  std::filesystem::path creation_lock() const { return locks() / "store.lock"; }
  std::filesystem::path view_lock(std::int64_t view_id) const {
    return locks() / ("view-" + std::to_string(view_id) + ".lock");
  }
};

}  // namespace matview::engine
