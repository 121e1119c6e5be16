#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace matview::test {

/// A directory of its own that is removed, with all below it, when the object goes.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes `text` to `name` below the directory, making directories on the way; returns the absolute path.
  std::filesystem::path write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; throws std::runtime_error where it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace matview::test
