#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/refresh.hpp"
#include "cli/command_table.hpp"
#include "cli/session.hpp"
#include "output/metrics.hpp"
#include "output/report.hpp"

namespace matview::cli {

/// --report.
OptionRow report_option();

/// --metrics-file.
OptionRow metrics_option();

/// What machines are told of a run besides its result: the files of --report and --metrics-file. A command adds what
/// became of its views; the files are written at the end, also of a run that failed.
class Reporter {
 public:
  /// What the options ask for. `usage` for values that are wrong and for files that could not be written, so that
  /// nothing has begun then. With --dry-run nothing is written.
  static Result<std::unique_ptr<Reporter>> open(Session& session);

  /// Nothing was asked for.
  bool idle() const { return reports_.empty() && !metrics_; }

  void add(const app::RunResult& result);
  void add(const std::vector<View>& views, bool behind_fails);
  void add(output::ReportCase item) { report_.cases.push_back(std::move(item)); }

  /// The metrics tell of these views at the end of the run and not only of those that it was about.
  void covers(app::Selector selector) { scope_ = std::move(selector); }

  /// Writes what was asked for. A command that failed before it got to any view is a case of its own.
  Result<void> write(const Result<int>& outcome);

  /// The metrics alone, of these views as they are now: for what looks again and again.
  Result<void> write_metrics(const std::vector<View>& views, int exit_code = 0);

 private:
  enum class Kind { junit, github };
  struct Wanted {
    Kind kind = Kind::junit;
    std::filesystem::path file = {};  ///< of JUnit; of GitHub the summary, empty where there is none
  };

  explicit Reporter(Session& session);

  static Result<Wanted> wanted(Session& session, const std::string& value);
  Result<void> write_report(const Wanted& report);
  Result<void> write_metrics(std::vector<output::ViewMetrics> views, int exit_code);
  std::vector<output::ViewMetrics> look_again();
  Duration elapsed() const;

  Session& session_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<Wanted> reports_;
  std::optional<std::filesystem::path> metrics_;
  std::optional<app::Selector> scope_;
  output::Report report_;
  std::vector<Job> jobs_;
  std::vector<View> views_;
};

/// Runs the command's `work` with a reporter and writes what that came to.
Result<int> with_reports(Session& session, const std::function<Result<int>(Reporter&)>& work);

}  // namespace matview::cli
