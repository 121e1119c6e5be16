#include "output/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/junit.hpp"
#include "support/temporary_directory.hpp"
#include "unit/output/samples.hpp"

using namespace matview;
using namespace matview::output;
using Outcome = ReportCase::Outcome;

namespace {

Report report_of(std::vector<ReportCase> cases) {
  return {"refresh", samples::at(0), std::chrono::milliseconds(1500), std::move(cases)};
}

std::vector<test::Json> junit(const Report& report) {
  const test::TemporaryDirectory directory;
  return test::read_junit(directory.write("report.xml", junit_document(report)));
}

ReportCase failed(std::string view, ErrorCode code, std::string message) {
  return report_case(std::move(view), "local", "local", Error(code, std::move(message)).with_hint("do it"));
}

}  // namespace

TEST_CASE("a job that ended well is a testcase that passed, with what it did beside it") {
  const auto cases = junit(report_of({report_case(samples::job())}));
  REQUIRE(cases.size() == 1);
  CHECK(cases[0]["name"] == "sales_by_day");
  CHECK(cases[0]["classname"] == "matview.local");
  CHECK(cases[0]["time"] == "1.235");
  CHECK(cases[0]["outcome"] == "passed");
  CHECK(cases[0]["out"] ==
        "state: succeeded\nmode: full\nreason: first refresh\nrows: 3000000\nrows added: 3000000\nrows removed: 0\n"
        "version: 4\njob: j-7\n");
}

TEST_CASE("a refresh that ran and failed is a failure, one that could not be done an error, the rest is skipped") {
  Job skipped;
  skipped.view = "late";
  skipped.state = JobState::skipped;
  skipped.reason = "upstream 'a' failed";
  auto cancelled = samples::job();
  cancelled.state = JobState::cancelled;
  const auto cases =
      junit(report_of({failed("a", ErrorCode::failed, "division by zero"),
                       failed("b", ErrorCode::unavailable, "no route"), report_case(skipped), report_case(cancelled)}));
  CHECK(cases[0]["outcome"] == "failure");
  CHECK(cases[0]["type"] == "FAILED");
  CHECK(cases[0]["message"] == "division by zero");
  CHECK(cases[0]["detail"] == "hint: do it\n");
  CHECK(cases[1]["outcome"] == "error");
  CHECK(cases[1]["type"] == "UNAVAILABLE");
  CHECK(cases[2]["outcome"] == "skipped");
  CHECK(cases[2]["message"] == "upstream 'a' failed");
  CHECK(cases[3]["outcome"] == "error");
}

TEST_CASE("whatever a name or a message holds, the document is XML and says what XML can say") {
  for (const std::string text : {"<a b=\"c\">&amp;</a>", "]]>", "tab\tline\nreturn\r", "売上高 😀", "'single'"}) {
    const auto cases = junit(report_of({failed(text, ErrorCode::failed, text)}));
    CHECK(cases[0]["name"] == text);
    CHECK(cases[0]["message"] == text);
  }
  const std::string bad = "a\x01\x1b[31m\x7f\xff\xed\xa0\x80\xef\xbf\xbe" + std::string(1, '\0') + "z";
  const auto cases = junit(report_of({failed(bad, ErrorCode::failed, bad)}));
  const auto name = cases[0]["name"].get<std::string>();
  CHECK(name.starts_with("a\xEF\xBF\xBD\xEF\xBF\xBD[31m"));
  CHECK(name.ends_with("\xEF\xBF\xBDz"));
  CHECK(name.find('\x1b') == std::string::npos);
}

TEST_CASE("a report without a view is a document without a testcase") { CHECK(junit(report_of({})).empty()); }

TEST_CASE("a view that is behind fails only where that was asked for; one whose refresh failed always does") {
  const auto view = samples::view();
  CHECK(report_case(view, false).outcome == Outcome::passed);
  const auto behind = report_case(view, true);
  CHECK(behind.outcome == Outcome::failed);
  CHECK(behind.message == "the view is stale: 3 files added (orders)");
  auto broken = view;
  broken.state = ViewState::error;
  broken.last_job->error = Error(ErrorCode::unavailable, "no route");
  CHECK(report_case(broken, false).outcome == Outcome::failed);
  CHECK(report_case(broken, false).message == "no route");
}

TEST_CASE("a view that does not hold the rows of its query has failed") {
  auto item = report_case(samples::job());
  Verification verification;
  verification.equal = true;
  add_verification(item, verification);
  CHECK(item.outcome == Outcome::passed);
  verification.equal = false;
  verification.rows_missing = 1200;
  add_verification(item, verification);
  CHECK(item.outcome == Outcome::failed);
  CHECK(item.message == "the view does not hold the rows of its query: 1,200 missing, 0 too many");
}

TEST_CASE("an annotation is one line, whatever the message holds") {
  const auto text = github_annotations(
      report_of({failed("a:b,c", ErrorCode::failed, "50 % of\nit: ::set-output"), report_case(samples::job())}));
  CHECK(text == "::error title=matview refresh%3A local%3Aa%3Ab%2Cc::50 %25 of it: ::set-output%0Ahint: do it\n");
}

TEST_CASE("a view that was skipped is a warning") {
  Job skipped;
  skipped.view = "late";
  skipped.profile = "local";
  skipped.state = JobState::skipped;
  skipped.reason = "upstream failed";
  CHECK(github_annotations(report_of({report_case(skipped)})) ==
        "::warning title=matview refresh%3A local%3Alate::upstream failed\n");
}

TEST_CASE("the summary is a table in which nothing means anything but itself") {
  auto item = failed("a|b", ErrorCode::failed, "<script> *x* `y`\n| z");
  item.elapsed = std::chrono::seconds(75);
  CHECK(github_summary(report_of({item})) ==
        "### matview refresh: 1 view, 1 failed, 1.5 s\n\n"
        "| view | outcome | time | |\n|---|---|--:|---|\n"
        "| local:a\\|b | ❌ failed | 1 min 15 s | &lt;script\\> \\*x\\* \\`y\\` \\| z |\n\n");
  CHECK(github_summary(report_of({report_case(samples::job())})).find("state: succeeded, mode: full, reason: first") !=
        std::string::npos);
}

TEST_CASE("of very many views the summary shows those that failed and stays below GitHub's limit") {
  std::vector<ReportCase> cases;
  for (int i = 0; i < 5000; ++i) cases.push_back(report_case(samples::job()));
  cases.push_back(failed("last", ErrorCode::failed, std::string(100'000, 'x')));
  const auto text = github_summary(report_of(std::move(cases)));
  CHECK(text.size() < 1'000'000);
  CHECK(text.find("| local:last | ❌ failed |") != std::string::npos);
  CHECK(text.find("… and 4,001 views more\n") != std::string::npos);
}
