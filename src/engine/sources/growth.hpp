#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/store/records.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// What reading a file once tells of the first bytes of it and of all. That the first bytes are what they were is
/// proved by their checksum; nothing is parsed, which costs a small part of what reading rows does.
struct Growth {
  std::string before;         ///< checksum of the first bytes; empty where the file has not so many
  std::string all;            ///< checksum of the whole file
  std::int64_t size = 0;      ///< bytes of the whole file, as they were read
  bool ends_line = false;     ///< the last of the first bytes is a line feed
  bool even_quotes = true;    ///< an even number of them are '"'
  bool object_lines = false;  ///< each of their lines begins with '{' and ends with '}'
};

/// Reads `path`; `before` is how many bytes count as the first ones. `failed` where it cannot be read.
Result<Growth> measure_growth(const std::string& path, std::int64_t before);

/// The same, remembered: several steps of one refresh ask for it.
using GrowthOf = std::function<Result<Growth>(const FileState& file, std::int64_t before)>;

/// Whether rows may be written behind those of a file that is read by this call (FileUse::call): CSV and JSON that is
/// not packed.
bool may_grow(std::string_view call, std::string_view path);

}  // namespace matview::engine
