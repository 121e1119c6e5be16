#include "support/text.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "support/utf8.hpp"

using namespace matview::support;
using std::string_literals::operator""s;

TEST_CASE("escape sequences vanish whole, whatever their kind") {
  CHECK(strip_control("\x1b[31mred\x1b[0m") == "red");
  CHECK(strip_control("a\x1b]0;title\x07"
                      "b") == "ab");
  CHECK(strip_control("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b") == "alinkb");
  CHECK(strip_control("a\x1bP1;2q...\x1b\\b") == "ab");
  CHECK(strip_control("a\x1b(Bb\x1b"
                      "cd") == "abd");
  CHECK(strip_control("a\xc2\x9b"
                      "31mb") == "ab");
  CHECK(strip_control("end\x1b") == "end");
  CHECK(strip_control("end\x1b[") == "end");
}

TEST_CASE("a string sequence that never ends does not swallow the text") {
  CHECK(strip_control("a\x1b]0;title") == "a0;title");
}

TEST_CASE("control characters, invalid bytes and deceptive characters cannot reach a terminal") {
  CHECK(strip_control("a\tb\nc\r\nd") == "a b c d");
  CHECK(strip_control("a\nb\r\nc", Newlines::keep) == "a\nb\nc");
  CHECK(strip_control("a\0b\x07\x7f"s) == "a\uFFFDb\uFFFD\uFFFD");
  CHECK(strip_control("a\xff\xc3z") == "a\uFFFD\uFFFDz");
  CHECK(strip_control("user\u202Etxt.exe\u2066\u200F\uFEFF") == "usertxt.exe");
  CHECK(strip_control("grün 表 é 👩‍👩‍👧") == "grün 表 é 👩‍👩‍👧");
}

TEST_CASE("only valid UTF-8 comes out of valid_utf8") {
  CHECK(valid_utf8("a\xc0\xaf") == "a\uFFFD\uFFFD");          // overlong '/'
  CHECK(valid_utf8("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");  // surrogate
  CHECK(valid_utf8("\xf4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(valid_utf8("\xe2\x82") == "\uFFFD\uFFFD");  // cut short
  CHECK(valid_utf8("\x1b\n€😀") == "\x1b\n€😀");
}

TEST_CASE("width counts columns: wide characters two, combining ones none") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("grün") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("売上") == 4);
  CHECK(display_width("한국") == 4);
  CHECK(display_width("😀") == 2);
  CHECK(display_width("ＡＢ") == 4);
  CHECK(display_width("\u200b") == 0);
  CHECK(code_point_width(U'\U00020000') == 2);
  CHECK(code_point_width(0x10FFFD) == 1);
}

TEST_CASE("text is padded and cut by columns, never inside a character") {
  CHECK(pad("売上", 6) == "売上  ");
  CHECK(pad("7", 3, Align::right) == "  7");
  CHECK(pad("long", 2) == "long");
  CHECK(matview::support::truncate("abcdef", 6) == "abcdef");
  CHECK(matview::support::truncate("abcdefg", 6) == "abcde…");
  CHECK(matview::support::truncate("売上高計", 6) == "売上…");
  CHECK(matview::support::truncate("売上高", 5) == "売上…");
  CHECK(matview::support::truncate("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
  CHECK(matview::support::truncate("abc", 1) == "…");
  CHECK(matview::support::truncate("abc", 0) == "");
}

TEST_CASE("wrapping breaks at spaces and keeps words, line ends and indentation") {
  CHECK(wrap("the quick brown fox", 10) == std::vector<std::string>{"the quick", "brown fox"});
  CHECK(wrap("  see supercalifragilistic", 8) == std::vector<std::string>{"  see", "supercalifragilistic"});
  CHECK(wrap("a\n\nb", 8) == std::vector<std::string>{"a", "", "b"});
  CHECK(wrap("", 8) == std::vector<std::string>{""});
}

TEST_CASE("bytes are shown in decimal units, rounded before the unit is chosen") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1000) == "1.0 kB");
  CHECK(human_bytes(13'500'000) == "13.5 MB");
  CHECK(human_bytes(999'949) == "999.9 kB");
  CHECK(human_bytes(999'950) == "1.0 MB");
  CHECK(human_bytes(-2048) == "-2.0 kB");
  CHECK(human_bytes(std::numeric_limits<std::int64_t>::max()) == "9.2 EB");
  CHECK(human_bytes(std::numeric_limits<std::int64_t>::min()) == "-9.2 EB");
}

TEST_CASE("counts have their thousands separated and their noun in the right number") {
  CHECK(human_count(0) == "0");
  CHECK(human_count(999) == "999");
  CHECK(human_count(3'000'000) == "3,000,000");
  CHECK(human_count(-1234) == "-1,234");
  CHECK(count_noun(0, "file") == "0 files");
  CHECK(count_noun(1, "file") == "1 file");
  CHECK(count_noun(1000, "file") == "1,000 files");
  CHECK(count_noun(2, "query", "queries") == "2 queries");
}

TEST_CASE("join puts the separator between parts only") {
  CHECK(join({}, ", ").empty());
  CHECK(join({"a"}, ", ") == "a");
  CHECK(join({"a", "", "b"}, ", ") == "a, , b");
}
