#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace matview::test {

/// Looks for secrets where none may be, in whatever spelling they might have got there: as they are, percent-encoded
/// (upper and lower case, spaces as + too), escaped as JSON or HTML, in base64 alone or within something longer, in
/// hex.
class LeakSearch {
 public:
  /// Secrets of at least 8 characters: shorter ones would be found by chance.
  explicit LeakSearch(const std::vector<std::string>& secrets);

  /// The spelling found and where: "stderr: a%2Fb"; empty if there is none.
  std::string in_text(std::string_view where, std::string_view text) const;

  /// In the bytes of every file below `directory`, and in the names of files.
  std::string in_files(const std::filesystem::path& directory) const;

 private:
  std::vector<std::string> spellings_;
};

/// A secret that differs in every spelling there is.
inline constexpr std::string_view k_odd_secret = R"(zq/9+8x=Q"7&%w<k~J:0pV secret)";

}  // namespace matview::test
