#include "support/copy.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "support/checksum.hpp"
#include "support/file.hpp"
#include "support/temporary_directory.hpp"

using namespace matview::support;
using matview::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("parts of files are written one behind the other") {
  const TemporaryDirectory directory;
  const auto from = directory.path() / "from";
  const auto to = directory.path() / "to";
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
  std::ofstream(from) << text;
  REQUIRE(append_part(from, 0, 7, to));
  REQUIRE(append_part(from, 1000, static_cast<std::int64_t>(text.size()), to));
  CHECK(content(to) == text.substr(0, 7) + text.substr(1000));
  CHECK_FALSE(append_part(from, 0, static_cast<std::int64_t>(text.size()) + 1, to));
  CHECK_FALSE(append_part(directory.path() / "none", 0, 1, to));
}

TEST_CASE("a clone is the same file with a life of its own, or is not there") {
  const TemporaryDirectory directory;
  const auto from = directory.path() / "from";
  const auto to = directory.path() / "to";
  std::ofstream(from) << "what it was";
  REQUIRE(set_modification_time(from, 1'700'000'000'000'000'001));
  const auto cloned = clone_file(from, to);
  REQUIRE(cloned);
  CHECK(fs::exists(to) == *cloned);
  if (*cloned) {
    CHECK((*status_of(to))->mtime_ns == 1'700'000'000'000'000'001);
    std::ofstream(from) << "what it is";
    CHECK(content(to) == "what it was");
  }
  CHECK_FALSE(clone_file(directory.path() / "none", directory.path() / "other"));
}

TEST_CASE("a checksum of pieces is that of the whole, at any time") {
  Checksum pieces;
  CHECK(pieces.digits() == checksum(""));
  pieces.update("ab");
  CHECK(pieces.digits() == checksum("ab"));
  pieces.update("");
  pieces.update("c");
  CHECK(pieces.digits() == checksum("abc"));
}
