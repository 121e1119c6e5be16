#include "engine/sources/listing.hpp"

#include <algorithm>

#include "support/file.hpp"

namespace matview::engine {

namespace {

using Components = std::vector<std::string>;

Components split(const std::string& path) {
  Components parts;
  std::size_t at = 0;
  while (at < path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// One "[…]" of a pattern, `at` behind the bracket and then behind its end. "!" inverts, a "]" that comes first is
/// meant literally; without an end it matches nothing.
bool in_brackets(std::string_view pattern, std::size_t& at, char c) {
  const bool inverted = pattern.substr(at, 1) == "!";
  if (inverted) ++at;
  bool found = false;
  for (const auto first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at > first) {
      ++at;
      return found != inverted;
    }
    if (pattern.substr(at + 1, 1) == "-" && at + 2 < pattern.size()) {
      found = found || (pattern[at] <= c && c <= pattern[at + 2]);
      at += 2;
    } else {
      found = found || pattern[at] == c;
    }
  }
  return false;
}

/// DuckDB's way to match a name, byte by byte.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  auto star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
      continue;
    }
    if (n < name.size() && p < pattern.size()) {
      auto next = p + 1;
      const char c = pattern[p];
      const bool fits = c == '?' || (c == '[' ? in_brackets(pattern, next, name[n]) : c == name[n]);
      if (fits) {
        p = next;
        ++n;
        continue;
      }
    }
    if (star == std::string_view::npos || resume >= name.size()) return false;
    p = star + 1;
    n = ++resume;
  }
  return true;
}

class Lister {
 public:
  explicit Lister(Components parts) : parts_(std::move(parts)) {}

  /// Adds what the parts from `index` on match below `directory` (absolute, without a slash at its end).
  Result<void> walk(const std::string& directory, std::size_t index) {
    const auto& part = parts_[index];
    if (part == "**") return recurse(directory, index);
    if (!is_pattern(part)) return visit(directory + "/" + part, index);
    MATVIEW_ASSIGN(const auto names, support::list_directory(directory + "/"));
    for (const auto& name : names)
      if (matches(part, name)) MATVIEW_TRY(visit(directory + "/" + name, index));
    return {};
  }

  std::vector<FileState> take() { return std::move(files_); }

 private:
  Result<void> visit(const std::string& path, std::size_t index) {
    MATVIEW_ASSIGN(const auto status, support::status_of(path));
    if (!status) return {};
    const bool last = index + 1 == parts_.size();
    if (status->is_directory) return last ? Result<void>() : walk(path, index + 1);
    if (!last) return {};
    return add(path, *status);
  }

  Result<void> recurse(const std::string& directory, std::size_t index) {
    const bool last = index + 1 == parts_.size();
    if (!last) MATVIEW_TRY(walk(directory, index + 1));
    MATVIEW_ASSIGN(const auto names, support::list_directory(directory + "/"));
    for (const auto& name : names) {
      const auto path = directory + "/" + name;
      MATVIEW_ASSIGN(const auto status, support::status_of(path));
      if (!status) continue;
      // Neither does DuckDB follow links here, lest it goes round in circles.
      std::error_code ignored;
      if (std::filesystem::is_symlink(path, ignored)) continue;
      if (status->is_directory) {
        MATVIEW_TRY(recurse(path, index));
      } else if (last) {
        MATVIEW_TRY(add(path, *status));
      }
    }
    return {};
  }

  Result<void> add(const std::string& path, const support::FileStatus& status) {
    if (!status.is_regular) return fail(ErrorCode::failed, "cannot read '" + path + "': it is not a regular file");
    files_.push_back({path, status.size, status.mtime_ns, status.ctime_ns, status.inode, status.device});
    return {};
  }

  Components parts_;
  std::vector<FileState> files_;
};

}  // namespace

bool is_pattern(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

Result<std::vector<FileState>> list_files(const std::string& pattern) {
  auto parts = split(pattern);
  if (parts.empty()) return fail(ErrorCode::failed, "cannot read '" + pattern + "': it is a directory");
  Lister lister(std::move(parts));
  MATVIEW_TRY(lister.walk("", 0));
  auto files = lister.take();
  if (files.empty() && !is_pattern(pattern)) {
    MATVIEW_ASSIGN(const auto status, support::status_of(pattern));
    return fail(ErrorCode::failed, "cannot read '" + pattern + "': " + (status ? "it is a directory" : "no such file"));
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

Result<std::vector<FileState>> list_files(const std::vector<std::string>& patterns) {
  std::vector<FileState> all;
  for (const auto& pattern : patterns) {
    MATVIEW_ASSIGN(auto files, list_files(pattern));
    all.insert(all.end(), std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const auto same = [](const auto& a, const auto& b) { return a.path == b.path; };
  if (const auto twice = std::adjacent_find(all.begin(), all.end(), same); twice != all.end())
    return fail(Error(ErrorCode::failed, "'" + twice->path + "' is named twice in one list of files")
                    .with_hint("to read it twice, use UNION ALL"));
  return all;
}

std::string literal_path(const std::string& path) {
  std::string result;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[') {
      result += {'[', c, ']'};
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace matview::engine
