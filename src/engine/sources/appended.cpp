#include "engine/sources/appended.hpp"

#include <algorithm>
#include <fstream>
#include <initializer_list>

#include "engine/sources/csv_header.hpp"
#include "engine/sources/file_changes.hpp"
#include "engine/sources/file_formats.hpp"
#include "support/copy.hpp"

namespace matview::engine {

namespace {

namespace fs = std::filesystem;

bool has_any(const FileCall& call, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (find_argument(call, name) != nullptr) return true;
  return false;
}

std::string bytes_at(const FileState& file, std::int64_t begin, std::size_t count) {
  std::string text(count, '\0');
  std::ifstream stream(file.path, std::ios::binary);
  stream.seekg(begin);
  stream.read(text.data(), static_cast<std::streamsize>(count));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

/// DuckDB finds out what ends the lines of a file and takes nothing else: lines behind the old end must end as those
/// before it do.
bool ends_lines_alike(const FileState& was, const FileState& now) {
  const bool returns = was.size > 1 && bytes_at(now, was.size - 2, 1) == "\r";
  constexpr std::int64_t k_block = 1 << 18;
  char last = 0;
  for (auto at = was.size; at < now.size; at += k_block) {
    const auto text = bytes_at(now, at, static_cast<std::size_t>(std::min(k_block, now.size - at)));
    if (text.empty()) return false;
    for (const char c : text) {
      if (returns ? (c == '\n') != (last == '\r') : c == '\r') return false;
      last = c;
    }
  }
  return true;
}

/// How many bytes at the beginning of a CSV file are no rows, and must come before rows that are read alone. Nothing
/// where rows may reach across the old end.
std::optional<std::int64_t> csv_head(const FileCall& call, const FileUse& use, const FileState& was,
                                     const FileState& now, const Growth& growth) {
  // What DuckDB passes over there it may also have passed over at the old end.
  if (has_any(call, {"ignore_errors", "strict_mode", "null_padding", "store_rejects", "compression", "encoding"}))
    return std::nullopt;
  const bool quotes_double =
      use.quote == 0 || (use.quote == '"' && use.pins.find(", escape = '\"'") != std::string::npos);
  if (!quotes_double || (use.quote != 0 && !growth.even_quotes) || !ends_lines_alike(was, now)) return std::nullopt;
  const auto head = csv_head_size(now.path, use);
  if (!head || *head > was.size) return std::nullopt;
  // Without a header the first new row becomes the first of its file, where these are passed over.
  const auto first = bytes_at(now, was.size, 1);
  const bool odd = first == "\n" || first == "\r" || first == "\xEF" || (use.comment != 0 && first[0] == use.comment);
  if (use.header.empty() && odd) return std::nullopt;
  return head;
}

/// The same for JSON: one object in each line.
bool is_split_between_objects(const FileCall& call, const FileState& was, const FileState& now, const Growth& growth) {
  if (has_any(call, {"ignore_errors", "compression"})) return false;
  if (bytes_at(now, 0, 1) != "{" || bytes_at(now, was.size, 1) != "{") return false;
  const auto* format = find_argument(call, "format");
  return growth.object_lines || call.function.starts_with("read_ndjson") ||
         (format != nullptr && format->strings == std::vector<std::string>{"newline_delimited"});
}

}  // namespace

std::string PartFiles::path_for(const std::string& original) {
  if (!directory_) {
    auto made = make_();
    if (!made) return "";
    directory_ = *std::move(made);
  }
  const fs::path path(original);
  const auto directory =
      *directory_ / ("part" + std::to_string(files_++)) / hive_directories(path.parent_path().string() + "/");
  std::error_code failed;
  fs::create_directories(directory, failed);
  return failed ? "" : (directory / path.filename()).string();
}

std::optional<AppendedFile> PartFiles::split(const FileCall& call, const FileUse& use, const FileState& was,
                                             const FileState& now, const RetainedFiles& retained) {
  const auto checksum = retained.checksum_of(was);
  if (was.size == 0 || now.size <= was.size || checksum.empty() || !may_grow(use.call, now.path)) return std::nullopt;
  for (const auto& column : use.columns)
    if (column.name == "last_modified") return std::nullopt;
  const auto growth = growth_(now, was.size);
  if (!growth || growth->before != checksum || !growth->ends_line) return std::nullopt;
  std::int64_t head = 0;
  if (use.call.starts_with("read_csv")) {
    const auto found = csv_head(call, use, was, now, *growth);
    if (!found) return std::nullopt;
    head = *found;
  } else if (!is_split_between_objects(call, was, now, *growth)) {
    return std::nullopt;
  }
  AppendedFile file{was, now, path_for(now.path), std::nullopt};
  if (file.added.empty()) return std::nullopt;
  if (!support::append_part(now.path, 0, head, file.added)) return std::nullopt;
  if (!support::append_part(now.path, was.size, now.size, file.added)) return std::nullopt;
  if (const auto* kept = retained.find(was)) {
    file.old = retained.path_of(*kept);
  } else if (wants_old_) {
    file.old = path_for(now.path);
    if (file.old->empty() || !support::append_part(now.path, 0, was.size, *file.old)) return std::nullopt;
  }
  return file;
}

}  // namespace matview::engine
