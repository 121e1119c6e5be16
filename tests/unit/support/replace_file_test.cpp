#include "support/replace_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_directory.hpp"

using namespace matview::support;
using matview::test::read_file;
using matview::test::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

std::size_t entries(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_CASE(
    "a file that is replaced is a new one with the mode asked for, whatever the umask, or with what that leaves") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "a.prom";
  const auto before = ::umask(077);
  CHECK(replace_file(path, "one\n", 0644));
  ::umask(before);
  CHECK(read_file(path) == "one\n");
  CHECK(mode_of(path) == 0644);
  const auto plain = directory.path() / "plain";
  ::umask(027);
  CHECK(replace_file(plain, "one\n"));
  ::umask(before);
  CHECK(mode_of(plain) == 0640);
  fs::remove(plain);
  const auto old = directory.path() / "old";
  fs::create_hard_link(path, old);
  CHECK(replace_file(path, "two\n", 0644));
  CHECK(read_file(path) == "two\n");
  CHECK(read_file(old) == "one\n");
  CHECK(entries(directory.path()) == 2);
}

TEST_CASE("a file keeps the mode that somebody gave it, and a link stays a link") {
  const TemporaryDirectory directory;
  const auto path = directory.write("a", "one");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  const auto link = directory.path() / "link";
  fs::create_symlink("a", link);
  CHECK(replace_file(link, "two", 0644));
  CHECK(fs::is_symlink(link));
  CHECK(read_file(path) == "two");
  CHECK(mode_of(path) == 0600);
  // Also one to a file that is yet to be made, by way of another.
  fs::create_symlink("link_to_new", directory.path() / "link_to_link");
  fs::create_symlink(directory.path() / "new", directory.path() / "link_to_new");
  CHECK(replace_file(directory.path() / "link_to_link", "three", 0644));
  CHECK(fs::is_symlink(directory.path() / "link_to_link"));
  CHECK(fs::is_symlink(directory.path() / "link_to_new"));
  CHECK(read_file(directory.path() / "new") == "three");
}

TEST_CASE("what is no regular file is written to and never replaced") {
  CHECK(check_replaceable("/dev/null"));
  CHECK(replace_file("/dev/null", "x", 0644));
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("whether a file could be written is known before, and finding out leaves nothing behind") {
  const TemporaryDirectory directory;
  CHECK(check_replaceable(directory.path() / "new"));
  CHECK(entries(directory.path()) == 0);
  CHECK_FALSE(check_replaceable(directory.path()));
  CHECK_FALSE(check_replaceable(directory.path() / "missing" / "new"));
  CHECK_FALSE(check_replaceable("/proc/matview"));
  CHECK_FALSE(check_appendable(directory.path() / "missing" / "new"));
  CHECK_FALSE(check_appendable(directory.path()));
}

TEST_CASE("a disk that is full is an error, and the old content stays") {
  // What /dev/full answers to every write, a full disk does.
  const auto written = replace_file("/dev/full", "x", 0644);
  REQUIRE_FALSE(written);
  CHECK(written.error().message.find("no space left on device") != std::string::npos);
}

TEST_CASE("lines that several append at once do not mix") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "log";
  std::vector<std::thread> threads;
  for (char name = 'a'; name < 'e'; ++name)
    threads.emplace_back([&, name] {
      for (int i = 0; i < 200; ++i) std::ignore = append_to_file(path, std::string(300, name) + "\n");
    });
  for (auto& thread : threads) thread.join();
  const auto text = read_file(path);
  CHECK(text.size() == 4 * 200 * 301);
  for (std::size_t at = 0; at < text.size(); at += 301)
    CHECK(text.substr(at, 301) == std::string(300, text[at]) + "\n");
}

TEST_CASE("a file that was rotated away is made anew") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "log";
  CHECK(append_to_file(path, "1\n"));
  fs::rename(path, directory.path() / "log.1");
  CHECK(append_to_file(path, "2\n"));
  CHECK(read_file(path) == "2\n");
}
