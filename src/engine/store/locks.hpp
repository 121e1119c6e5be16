#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/store.hpp"
#include "matview/environment.hpp"

namespace matview::engine {

/// Takes the lock of a view or answers `locked`, naming who has it.
Result<std::unique_ptr<ViewLock>> take_view_lock(const std::filesystem::path& file, const std::string& view,
                                                 const Environment& environment);

/// Whether a live process holds the lock of a view.
bool is_view_locked(const std::filesystem::path& file);

/// Starts a pin that protects every file, until `narrow_pin` says which it means.
Result<std::shared_ptr<ReadPin>> start_pin(const std::filesystem::path& directory, const Environment& environment);
/// `files` are relative to the store.
void narrow_pin(ReadPin& pin, const std::vector<std::string>& files);

/// What live pins protect.
struct PinnedFiles {
  bool everything = false;
  std::vector<std::string> files;  ///< sorted
  bool has(const std::string& file) const;
};

/// Reads all pins; those of the dead are removed if `clean`.
Result<PinnedFiles> read_pins(const std::filesystem::path& directory, bool clean);

}  // namespace matview::engine
