#include <doctest/doctest.h>

#include <atomic>
#include <vector>

#include "providers/remote/submission.hpp"
#include "support/fake_environment.hpp"

namespace remote = matview::providers::remote;
using namespace matview;

namespace {

/// Keeps every write, in order; fails them all when told to.
class WrittenLog final : public JobLog {
 public:
  std::vector<JobRecord> writes;
  bool broken = false;

  Result<void> put(const JobRecord& record) override {
    if (broken) return fail(ErrorCode::failed, "read-only file system");
    writes.push_back(record);
    return {};
  }
  Result<std::optional<JobRecord>> find(std::string_view) override { return std::optional<JobRecord>(); }
  Result<std::vector<JobRecord>> records(std::string_view, std::string_view, std::int64_t) override {
    return std::vector<JobRecord>();
  }
  std::optional<std::string> recall(std::string_view, std::string_view) override { return std::nullopt; }
  void remember(std::string_view, std::string_view, std::string_view) override {}
};

struct Warnings final : Observer {
  std::vector<std::string> texts;
  void warning(std::string_view text) override { texts.emplace_back(text); }
};

struct Bench {
  test::FakeEnvironment environment;
  WrittenLog log;
  Warnings warnings;
  std::atomic<int> stop{0};
  Control control{warnings, stop, std::nullopt};
  ProviderInfo info;
  ProviderContext context{"dune", {}, environment};

  Bench() {
    info.name = "dune";
    context.job_log = &log;
  }
  remote::Submission begin() {
    Value clue;
    clue.set("seen", "01A");
    return remote::Submission::begin(context, info, "refresh", "result_x", clue, control);
  }
};

}  // namespace

TEST_CASE("a job is on record as unknown before anything can have been sent") {
  Bench bench;
  const auto submission = bench.begin();
  REQUIRE(bench.log.writes.size() == 1);
  const auto& record = bench.log.writes.front();
  CHECK(record.key == submission.key());
  CHECK(record.job.id == record.key);
  CHECK(record.job.state == JobState::unknown);
  CHECK(record.job.view == "result_x");
  CHECK(record.job.submitted_at == bench.environment.now());
  CHECK(remote::Submission::begin(bench.context, bench.info, "refresh", "y", {}, bench.control).key() != record.key);
}

TEST_CASE("an accepted job takes the backend's id and keeps its record") {
  Bench bench;
  auto submission = bench.begin();
  Job answer;
  answer.id = "01B";
  answer.state = JobState::pending;
  const Job job = submission.accepted(answer, bench.control);
  CHECK(job.id == "01B");
  CHECK(job.view == "result_x");
  CHECK(job.provider == "dune");
  REQUIRE(bench.log.writes.size() == 2);
  CHECK(bench.log.writes[1].key == bench.log.writes[0].key);
  CHECK(bench.log.writes[1].job.id == "01B");
  CHECK(bench.log.writes[1].clue.at("seen") == Value("01A"));

  auto another = bench.begin();
  CHECK(another.accepted({}, bench.control).id == another.key());
}

TEST_CASE("only a request that was surely not carried out makes the record failed") {
  Bench bench;
  auto lost = bench.begin();
  Error error(ErrorCode::unavailable, "connection lost");
  error.unanswered = true;
  const Error told = lost.failed(error, bench.control);
  CHECK(bench.log.writes.back().job.state == JobState::unknown);
  CHECK(told.hint.find(lost.key()) != std::string::npos);

  auto refused = bench.begin();
  CHECK(refused.failed(Error(ErrorCode::unavailable, "refused"), bench.control).hint.empty());
  CHECK(bench.log.writes.back().job.state == JobState::failed);
  CHECK(bench.log.writes.back().job.finished_at);
}

TEST_CASE("a log that cannot be written warns and stops nothing") {
  Bench bench;
  bench.log.broken = true;
  auto submission = bench.begin();
  Job answer;
  answer.id = "01B";
  CHECK(submission.accepted(answer, bench.control).id == "01B");
  CHECK(bench.warnings.texts.size() == 2);
}
