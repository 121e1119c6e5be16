#include "engine/sources/growth.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <vector>

#include "support/checksum.hpp"
#include "support/file.hpp"

namespace matview::engine {

namespace {

constexpr std::size_t k_block = 1 << 18;

/// Looks at the first bytes of a file as they come.
class FirstBytes {
 public:
  void take(std::string_view text) {
    if (text.empty()) return;
    quotes_ += std::count(text.begin(), text.end(), '"');
    for (std::size_t at = 0; at < text.size() && objects_;) {
      if (at_line_start_) objects_ = text[at] == '{';
      const auto end = text.find('\n', at);
      at_line_start_ = end != std::string_view::npos;
      if (!at_line_start_) break;
      objects_ = objects_ && (end > 0 ? text[end - 1] : last_) == '}';
      at = end + 1;
    }
    last_ = text.back();
  }

  void tell(Growth& growth) const {
    growth.ends_line = last_ == '\n';
    growth.even_quotes = quotes_ % 2 == 0;
    growth.object_lines = objects_ && last_ == '\n';
  }

 private:
  std::ptrdiff_t quotes_ = 0;
  bool objects_ = true;
  bool at_line_start_ = true;
  char last_ = 0;
};

}  // namespace

Result<Growth> measure_growth(const std::string& path, std::int64_t before) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(support::system_error("read", path, errno));
  std::vector<char> block(k_block);
  support::Checksum checksum;
  FirstBytes first;
  Growth growth;
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    std::string_view text(block.data(), static_cast<std::size_t>(stream.gcount()));
    if (growth.size < before) {
      const auto part = text.substr(0, static_cast<std::size_t>(before - growth.size));
      first.take(part);
      checksum.update(part);
      growth.size += static_cast<std::int64_t>(part.size());
      text.remove_prefix(part.size());
    }
    if (growth.size == before && growth.before.empty()) growth.before = checksum.digits();
    checksum.update(text);
    growth.size += static_cast<std::int64_t>(text.size());
  }
  if (stream.bad()) return fail(support::system_error("read", path, errno));
  growth.all = checksum.digits();
  first.tell(growth);
  return growth;
}

bool may_grow(std::string_view call, std::string_view path) {
  if (path.ends_with(".gz") || path.ends_with(".zst")) return false;
  if (call.find("objects") != std::string_view::npos) return false;
  return call.starts_with("read_csv") || call.starts_with("read_json") || call.starts_with("read_ndjson");
}

}  // namespace matview::engine
