// A refresh of a chunker, killed with SIGKILL at every step it passes and in the middle of its program: the rows are
// the old ones or the new ones, the program is not left behind, and the next refresh goes on from there.

#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "support/store_fixture.hpp"

using namespace matview::test;

namespace {

constexpr auto k_rows = "SELECT word FROM words ORDER BY word";

class Words : public StoreFixture {
 public:
  Words() {
    std::ofstream(work("split.py"))
        << "import json, os, sys, time\n"
           "for line in sys.stdin:\n"
           "    row = json.loads(line)\n"
           "    if row['text'] == 'wait' and os.path.exists('"
        << work("hold").string()
        << "'):\n"
           "        open('"
        << work("pid").string()
        << "', 'w').write(str(os.getpid()))\n"
           "        time.sleep(10000)\n"
           "    for word in row['text'].split():\n"
           "        print(json.dumps({'__source_row_id': row['__source_row_id'], 'word': word}))\n";
    give("text\na b\nc\n");
    must({"create", "words", "--kind", "chunker", "--query", "FROM 'in.csv'", "--udtf-command",
          R"(["python3","split.py"])", "--output-schema", "word VARCHAR", "--with-data"});
  }

  std::filesystem::path work(const std::string& name) const { return box().work() / name; }

  /// A new file takes the place of the old one.
  void give(const std::string& text) const {
    std::ofstream(work("in.new")) << text;
    std::filesystem::rename(work("in.new"), work("in.csv"));
  }
};

}  // namespace

TEST_CASE("an incremental refresh of a chunker, killed anywhere and twice, leaves the old rows or the new") {
  Words store;
  store.give("text\nc\nd e\n");
  store.save();
  auto traced = store.command({"refresh", "words"});
  traced.environment["MATVIEW_FAILPOINT_TRACE"] = (store.box().home() / "trace").string();
  REQUIRE(run(traced).exit_code == 0);
  std::set<std::string> steps;
  std::ifstream in(store.box().home() / "trace");
  for (std::string line; std::getline(in, line);) steps.insert(line);
  REQUIRE(steps.size() >= 6);
  for (const auto& step : steps)
    for (const int times : {1, 2}) {
      CAPTURE(step);
      CAPTURE(times);
      store.restore();
      for (int i = 0; i < times; ++i) {
        auto killed = store.command({"refresh", "words"});
        killed.environment["MATVIEW_FAILPOINT"] = step + "=kill";
        const auto outcome = run(killed);
        if (i == 0) CHECK(outcome.signal == SIGKILL);
      }
      const auto rows = store.query(k_rows);
      CHECK((rows == "a\nb\nc\n" || rows == "c\nd\ne\n"));
      store.must({"refresh", "words"});
      CHECK(store.query(k_rows) == "c\nd\ne\n");
      store.must({"verify", "words"});
      store.check_clean_after_gc();
    }
}

TEST_CASE("killed while its program runs, a refresh takes the program along and leaves the old rows") {
  Words store;
  std::ofstream(store.work("hold")) << "x";
  store.give("text\na b\nwait\n");
  Process process(store.command({"refresh", "words"}));
  std::string pid;
  for (int i = 0; i < 3000 && pid.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (std::filesystem::exists(store.work("pid"))) pid = read_file(store.work("pid"));
  }
  REQUIRE_FALSE(pid.empty());
  process.signal(SIGKILL);
  process.wait();
  const auto is_there = [&] { return ::kill(static_cast<pid_t>(std::stol(pid)), 0) == 0; };
  for (int i = 0; i < 500 && is_there(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK_FALSE(is_there());
  CHECK(store.query(k_rows) == "a\nb\nc\n");
  std::filesystem::remove(store.work("hold"));
  store.must({"refresh", "words"});
  CHECK(store.query(k_rows) == "a\nb\nwait\n");
  store.must({"verify", "words"});
  store.check_clean_after_gc();
}
