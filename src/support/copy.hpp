#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "matview/result.hpp"

namespace matview::support {

/// Makes `to` another name of the file that `from` names, symbolic links followed. Directories must be there. Not
/// durable: after a crash it may be gone. `failed` where it cannot be, as on another file system.
Result<void> link_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies content and modification time into a new file. Not durable: after a crash it may be gone, or torn.
Result<void> copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same where the file system lets two files have their content in common, so that it costs no space until one of
/// them is written to. False where it does not.
Result<bool> clone_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Writes the bytes [begin, end) of one file behind those that another has, which is made if it is not there. `failed`
/// too if the file ends before.
Result<void> append_part(const std::filesystem::path& from, std::int64_t begin, std::int64_t end,
                         const std::filesystem::path& to);

/// Gives a file this modification time, in nanoseconds since 1970.
Result<void> set_modification_time(const std::filesystem::path& path, std::int64_t mtime_ns);

/// The ctime of a file that lost a name, before and after, in nanoseconds since 1970.
struct ChangeTimes {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

/// Removes a name of a file. Empty if it was the last, or was not there.
Result<std::optional<ChangeTimes>> unlink_file(const std::filesystem::path& path);

/// Whether two files hold the same bytes. Reads no further than the first difference.
Result<bool> same_content(const std::filesystem::path& left, const std::filesystem::path& right);

}  // namespace matview::support
