#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// XXH3-128 of a file's content in 32 lower-case hexadecimal digits. Finds damage and mix-ups; no defence against
/// somebody who forges files on purpose.
Result<std::string> file_checksum(const std::filesystem::path& path);

/// The same of what comes piece by piece; what came so far may be asked for at any time.
class Checksum {
 public:
  Checksum();
  Checksum(Checksum&&) noexcept;
  ~Checksum();

  void update(std::string_view content);
  std::string digits() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same of a text.
std::string checksum(std::string_view content);

}  // namespace matview::support
