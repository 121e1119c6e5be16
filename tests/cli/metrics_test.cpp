#include <sys/stat.h>

#include <atomic>
#include <iterator>
#include <thread>
#include <tuple>

#include "memory_box.hpp"
#include "support/exposition.hpp"

using namespace matview::test;

namespace {

Series metrics(const MemoryBox& box, const std::string& name = "out.prom") {
  return parse_exposition(read_file(box.work() / name));
}

std::string of(const std::string& metric, const std::string& view) {
  return "matview_view_" + metric + "{profile=\"mem\",provider=\"memory\",view=\"" + view + "\"}";
}

std::string state_of(const Series& series, const std::string& view) {
  for (const std::string state : {"idle", "refreshing", "error"})
    if (const auto found = series.find("matview_view_state{profile=\"mem\",provider=\"memory\",state=\"" + state +
                                       "\",view=\"" + view + "\"}");
        found != series.end() && found->second == "1")
      return state;
  return "";
}

}  // namespace

TEST_CASE("refresh --metrics-file tells how each view and the run went") {
  MemoryBox box;
  box.create("a", {"--rows", "7"});
  box.create("b", {"--fail-with", "unavailable"});
  CHECK(box.run({"refresh", "--all", "-q", "--metrics-file", "out.prom"}).exit_code == 3);
  const auto series = metrics(box);
  CHECK(series.at(of("last_run_success", "a")) == "1");
  CHECK(series.at(of("rows", "a")) == "7");
  CHECK(series.at(of("last_success_timestamp_seconds", "a")) == series.at(of("last_run_timestamp_seconds", "a")));
  CHECK(series.contains(of("last_run_duration_seconds", "a")));
  CHECK(state_of(series, "a") == "idle");
  CHECK(series.at(of("last_run_success", "b")) == "0");
  CHECK_FALSE(series.contains(of("last_success_timestamp_seconds", "b")));
  CHECK(state_of(series, "b") == "error");
  CHECK(series.at("matview_run_exit_code{command=\"refresh\",run=\"out\"}") == "3");
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"succeeded\",run=\"out\"}") == "1");
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"failed\",run=\"out\"}") == "1");
}

TEST_CASE("when a view that fails now was last refreshed well is not forgotten") {
  MemoryBox box;
  box.create("a");
  box.must({"refresh", "a", "-q", "--metrics-file", "out.prom"});
  const auto good = metrics(box).at(of("last_success_timestamp_seconds", "a"));
  CHECK(box.run({"refresh", "a", "-q", "--fail-with", "failed", "--metrics-file", "out.prom"}).exit_code == 1);
  const auto series = metrics(box);
  CHECK(series.at(of("last_success_timestamp_seconds", "a")) == good);
  CHECK(series.at(of("last_run_success", "a")) == "0");
}

TEST_CASE("a run that had nothing to do still tells of every view it could have been about") {
  MemoryBox box;
  box.create("a");
  box.create("b");
  box.must({"refresh", "--all", "-q"});
  box.must({"refresh", "--stale", "-q", "--metrics-file", "out.prom"});
  const auto series = metrics(box);
  CHECK(series.contains(of("last_success_timestamp_seconds", "a")));
  CHECK(series.contains(of("last_success_timestamp_seconds", "b")));
  CHECK(series.at("matview_run_views{command=\"refresh\",outcome=\"succeeded\",run=\"out\"}") == "0");
  // A file for each line of the crontab: it is about the views that the line names and no others.
  box.must({"refresh", "a", "--stale", "-q", "--metrics-file", "other.prom"});
  CHECK(metrics(box, "other.prom").contains(of("rows", "a")));
  CHECK_FALSE(metrics(box, "other.prom").contains(of("rows", "b")));
}

TEST_CASE("a view that is gone is gone from the metrics") {
  MemoryBox box;
  box.create("a");
  box.create("b");
  box.must({"refresh", "--all", "-q", "--metrics-file", "out.prom"});
  box.must({"drop", "b", "--yes", "-q"});
  box.must({"refresh", "--all", "-q", "--metrics-file", "out.prom"});
  CHECK_FALSE(metrics(box).contains(of("rows", "b")));
}

TEST_CASE("status --metrics-file tells the same without refreshing") {
  MemoryBox box;
  box.create("a");
  box.must({"status", "-q", "--metrics-file", "out.prom"});
  auto series = metrics(box);
  CHECK(series.at("matview_view_freshness{freshness=\"empty\",profile=\"mem\",provider=\"memory\",view=\"a\"}") == "1");
  CHECK_FALSE(series.contains(of("last_run_success", "a")));
  box.must({"refresh", "a", "-q"});
  box.must({"status", "-q", "--metrics-file", "out.prom"});
  series = metrics(box);
  CHECK(series.at("matview_view_freshness{freshness=\"fresh\",profile=\"mem\",provider=\"memory\",view=\"a\"}") == "1");
  CHECK(series.at(of("last_run_success", "a")) == "1");
}

TEST_CASE("status --watch --metrics-file writes it with every look") {
  MemoryBox box;
  box.create("a");
  Process process(box.command({"status", "--watch=1", "--metrics-file", "out.prom", "--fields", "name,freshness"}));
  REQUIRE(process.wait_for("empty"));
  CHECK_FALSE(metrics(box).contains(of("rows", "a")));
  box.must({"refresh", "a", "-q"});
  REQUIRE(process.wait_for("fresh"));
  CHECK(metrics(box).contains(of("rows", "a")));
  process.signal(15);
  CHECK(process.wait().exit_code == 143);
  CHECK(metrics(box).contains(of("rows", "a")));
}

TEST_CASE("whoever reads while it is written meets a whole file that everybody may read") {
  MemoryBox box;
  for (int i = 0; i < 30; ++i) box.create("view_" + std::to_string(i));
  auto command = box.command({"status", "-q", "--metrics-file", "out.prom"});
  command.umask = 077;
  REQUIRE(run(command).exit_code == 0);
  struct stat info {};
  REQUIRE(::stat((box.work() / "out.prom").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0644);
  std::atomic<bool> ended{false};
  std::thread writer([&] {
    for (int i = 0; i < 10; ++i) std::ignore = run(command);
    ended = true;
  });
  while (!ended) CHECK(metrics(box).contains("matview_run_exit_code{command=\"status\",run=\"out\"}"));
  writer.join();
  // Nothing else is left in the directory that a collector reads.
  CHECK(std::distance(std::filesystem::directory_iterator(box.work()), {}) == 1);
}

TEST_CASE("a metrics file that cannot be written is a usage error before anything is done") {
  MemoryBox box;
  box.create("a");
  const auto before = box.state();
  for (const char* file : {"missing/out.prom", ".", "/proc/out.prom", ""}) {
    CAPTURE(file);
    const auto outcome = box.run({"refresh", "a", "--metrics-file", file});
    CHECK(outcome.exit_code == 2);
    CHECK(box.state() == before);
  }
}
