#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "matview/result.hpp"

namespace matview::support {

/// Puts `content` in place of the file in one step: whoever reads it meets the old one or the new one and never a half.
/// A symbolic link stays, and the file it points to is replaced. What is no regular file (a terminal, a pipe,
/// /dev/null) is written to instead. A new file gets `mode` whatever the umask says, and without one what the umask
/// leaves; one that was there keeps its own.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                          std::optional<mode_t> mode = std::nullopt);

/// Whether `replace_file` could do so now: makes a file beside it and removes that again. For checks before long work.
Result<void> check_replaceable(const std::filesystem::path& path);

/// Whether a file could be appended to; it is made where it is missing.
Result<void> check_appendable(const std::filesystem::path& path);

/// Appends with a single call, so that what several processes write at once does not mix. The file is made where it is
/// missing, and opened each time: one that was renamed by a rotation is let go at once.
Result<void> append_to_file(const std::filesystem::path& path, std::string_view text);

}  // namespace matview::support
