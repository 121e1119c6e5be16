// Random definitions, random changes, and after every step the rows of every view and of every version of it compared
// with what plain DuckDB says they have to be.
//
//   property_tests --regressions  the cases in the folder regressions
//   property_tests --random SEED  random cases, the same ones for the same seed
//   property_tests FILE...        the cases in these files; says how each refresh was done
// MATVIEW_PROPERTY_SEED         instead of SEED; each case prints its own where it fails
// MATVIEW_PROPERTY_STEPS        changes of all random cases together (default 1000)
// MATVIEW_PROPERTY_CASE         one case, by its seed
// MATVIEW_PROPERTY_TAG         only definitions with this construct
// MATVIEW_PROPERTY_FAILURES     go on until so many cases have failed (default 1)
// MATVIEW_PROPERTY_SHRINK       seconds to spend on making a failure shorter (default 60)

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "case_generator.hpp"
#include "shrink.hpp"

namespace {

using namespace matview::property;

constexpr int k_steps_of_a_case = 12;
constexpr int k_steps_to_meet_everything = 500;  ///< fewer need not use every technique

std::uint64_t number(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : fallback;
}

/// Techniques that a run has to meet in the records of its jobs.
const std::vector<std::string> k_techniques{
    "linear", "merge_groups", "touched_groups", "touched_keys", "touched_partitions", "counters",
    "top_k",  "scalar",       "time_filter",    "semi_naive",   "rederive",           "appended_rows"};

void report(const std::string& title, const Script& script, const Failure& failure) {
  fmt::print("\n{}\nview {}: {}: {}\n\n{}\n", title, failure.view, failure.kind, failure.text, to_text(script));
  std::fflush(stdout);
}

std::string text_of(const matview::Value& value) {
  const auto* text = value.if_string();
  return text ? *text : "";
}

/// Runs the case of a file; with `told` it says how each refresh was done.
bool replay(const std::filesystem::path& path, bool told, Statistics& statistics) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    fmt::print("cannot read {}\n", path.string());
    return false;
  }
  const auto script = parse_script(text);
  std::vector<Refreshed> refreshes;
  const auto failure = run_script(script, nullptr, &refreshes);
  for (const auto& [view, job] : refreshes) {
    statistics.count(job, {});
    if (told)
      fmt::print("{}: {} {}: {}; {}\n", view, job.mode, text_of(job.native.at("code")), job.reason,
                 text_of(job.native.at("code_reason")));
  }
  if (failure) report(path.filename().string() + " fails", script, *failure);
  return !failure;
}

/// Whether the case went well.
bool run_case(std::uint64_t seed, int steps, int& done, Statistics& statistics) {
  auto outcome = run_generated(seed, steps, statistics);
  done += outcome.steps;
  statistics.count_case(outcome.discarded);
  if (!outcome.failure) return true;
  fmt::print("\ncase {} fails after {} steps: view {}: {}: {}\n", seed, outcome.steps, outcome.failure->view,
             outcome.failure->kind, outcome.failure->text);
  const std::chrono::seconds budget(number("MATVIEW_PROPERTY_SHRINK", 60));
  const auto shrunk = shrink(outcome.script, *outcome.failure, budget);
  report(fmt::format("MATVIEW_PROPERTY_CASE={}, made shorter in {} attempts:", seed, shrunk.attempts), shrunk.script,
         shrunk.failure);
  return false;
}

bool met_everything(const Statistics& statistics) {
  bool complete = true;
  for (const auto& technique : k_techniques)
    if (!statistics.techniques().contains(technique)) {
      fmt::print("no refresh used the technique {}\n", technique);
      complete = false;
    }
  return complete;
}

bool run_random(std::uint64_t first_seed) {
  Statistics statistics;
  int done = 0;
  std::uint64_t failures = 0;
  if (const auto seed = number("MATVIEW_PROPERTY_CASE", 0)) return run_case(seed, k_steps_of_a_case, done, statistics);
  const auto wanted = static_cast<int>(number("MATVIEW_PROPERTY_STEPS", 1000));
  Random seeds(number("MATVIEW_PROPERTY_SEED", first_seed));
  while (done < wanted && failures < number("MATVIEW_PROPERTY_FAILURES", 1))
    if (!run_case(seeds.bits() >> 16, k_steps_of_a_case, done, statistics)) ++failures;
  fmt::print("{} steps: {}", done, statistics.to_text());
  return failures == 0 && (done < k_steps_to_meet_everything || met_everything(statistics));
}

/// All of them, and techniques.case has a view for each technique.
bool run_regressions() {
  Statistics statistics;
  bool well = true;
  for (const auto& entry : std::filesystem::directory_iterator(MATVIEW_REGRESSIONS))
    if (entry.path().extension() == ".case") well = replay(entry.path(), false, statistics) && well;
  fmt::print("regressions: {}", statistics.to_text());
  return well && met_everything(statistics);
}

}  // namespace

int main(int argc, char** argv) {
  // What is tested here is no disk: without one a step takes a fraction of the time.
  if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--regressions") return run_regressions() ? 0 : 1;
  if (first == "--random" && argc == 3) return run_random(std::strtoull(argv[2], nullptr, 10)) ? 0 : 1;
  if (first.empty() || first.starts_with('-')) {
    fmt::print(stderr, "usage: property_tests --regressions | --random SEED | FILE...\n");
    return 2;
  }
  bool well = true;
  Statistics statistics;
  for (int i = 1; i < argc; ++i) well = replay(argv[i], true, statistics) && well;
  return well ? 0 : 1;
}
