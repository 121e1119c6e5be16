#include "engine/udtf/expand.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <string.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "engine/duckdb/errors.hpp"
#include "engine/udtf/input.hpp"
#include "engine/udtf/process.hpp"
#include "engine/udtf/task_output.hpp"
#include "support/duration.hpp"
#include "support/file.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace matview::engine::udtf {

namespace {

constexpr std::string_view k_output_table = "__matview_output";
constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

// Input rows that are taken from the database at a time.
constexpr std::int64_t k_fetch_rows = 2048;

// How much of a row, and of stderr, an error shows.
constexpr int k_row_shown = 200;
constexpr std::size_t k_errors_shown = 2000;
constexpr std::size_t k_errors_kept = 16 << 10;

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  return cpus;
}

std::string shown_row(std::string_view row) {
  // Cut first: a row may be large, and has no more than 4 bytes for a column.
  return support::truncate(support::strip_control(row.substr(0, k_row_shown * 8)), k_row_shown);
}

std::string detail_of(std::string_view row, std::string_view errors) {
  std::string detail;
  if (!row.empty()) detail = "row: " + shown_row(row);
  if (errors.size() > k_errors_shown) errors.remove_prefix(errors.size() - k_errors_shown);
  const auto text = support::strip_control(errors, support::Newlines::keep);
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return detail;
  return detail + (detail.empty() ? "" : "\n") + "its standard error ends with:\n" + text.substr(0, end + 1);
}

class Expander {
 public:
  Expander(Database& database, const Program& program, const ExpandRequest& request, const Environment& environment,
           Control& control)
      : database_(database),
        program_(program),
        request_(request),
        environment_(environment),
        control_(control),
        chunker_(request.kind == "chunker"),
        cpus_(allowed_cpus()),
        cpus_each_(program.num_cpus ? std::max(1, static_cast<int>(std::ceil(*program.num_cpus))) : 0) {
    const auto all = static_cast<std::int64_t>(std::max<std::size_t>(cpus_.size(), 1));
    const auto each = std::max<std::int64_t>(cpus_each_, program.split.threads.value_or(1));
    workers_ = program.split.concurrency.value_or(std::max<std::int64_t>(all / each, 1));
  }

  Result<Expansion> operator()() {
    for (const auto& column : program_.output) {
      MATVIEW_ASSIGN(auto value, OutputValue::of(column));
      values_.push_back(std::move(value));
    }
    MATVIEW_TRY(make_output_table());
    MATVIEW_ASSIGN(input_, prepare_input(database_, request_.kind, program_,
                                         {request_.sql, request_.known_sql, workers_}, control_, request_.view));
    MATVIEW_TRY(run_all());
    MATVIEW_TRY(check_casts());
    return result();
  }

 private:
  Result<void> make_output_table() {
    auto columns = std::string("run BIGINT, unit VARCHAR, child BIGINT");
    for (std::size_t i = 0; i < values_.size(); ++i) columns += fmt::format(", c{} VARCHAR", i);
    return database_.execute(fmt::format("CREATE OR REPLACE TEMP TABLE {} ({})", k_output_table, columns));
  }

  /// All tasks, or with a limit as many as it takes, in their order.
  Result<void> run_all() {
    const auto count = input_.tasks.size();
    const auto wave = program_.output_limit ? static_cast<std::size_t>(workers_) : count;
    for (std::size_t first = 0; first < count; first += wave) {
      run_tasks(first, std::min(first + wave, count));
      if (failure_) return fail(*std::move(failure_));
      if (!program_.output_limit) continue;
      MATVIEW_ASSIGN(const auto rows, database_.rows(fmt::format("SELECT count(*) FROM {}", k_output_table)));
      if (std::strtoll(rows[0][0].value_or("0").c_str(), nullptr, 10) >= *program_.output_limit) return {};
    }
    return {};
  }

  void run_tasks(std::size_t first, std::size_t end) {
    support::parallel_for(end - first, static_cast<std::size_t>(workers_), [&](std::size_t i) {
      if (abandon_) return;
      if (auto done = run_task(input_.tasks[first + i], i); !done) give_up(std::move(done).error());
    });
  }

  void give_up(Error error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    abandon_ = true;
  }

  Result<void> run_task(const Task& task, std::size_t slot) {
    const auto run = ++runs_;
    bool died = false;
    auto done = run_process_of(task, slot, run, died);
    if (!done && died && chunker_ && program_.skips_rows && !abandon_) {
      // The process died on some row: it is found by halving, and only that one is left out.
      {
        const std::lock_guard lock(mutex_);
        MATVIEW_TRY(database_.execute(fmt::format("DELETE FROM {} WHERE run = {}", k_output_table, run)));
        fed_ -= task.rows;
      }
      if (const auto half = task.rows / 2; half > 0) {
        MATVIEW_TRY(run_task({task.first, half, "", ""}, slot));
        return run_task({task.first + half, task.rows - half, "", ""}, slot);
      }
      fed_ += 1;
      MATVIEW_ASSIGN(const auto lines, fetch(task.first, 1));
      done = skip(lines.front().back().value_or(""), std::move(done).error());
    }
    if (done || done.error().code != ErrorCode::failed) return done;
    return fail(
        std::move(done).error().with_context(fmt::format("the program '{}'{} ", program_.name, place_of(task))));
  }

  /// `died` where the process ended by itself, but not well. Errors do not name the program.
  Result<void> run_process_of(const Task& task, std::size_t slot, std::int64_t run, bool& died) {
    std::string errors;
    std::string wrong_row;
    TaskOutput::Hooks hooks;
    hooks.append = [&](TextRows& rows) {
      const std::lock_guard lock(mutex_);
      return database_.append(k_output_table, rows);
    };
    hooks.on_wrong = [&](std::string_view row, Error wrong) -> Result<void> {
      auto error = std::move(wrong).with_context("returned a wrong row: ");
      if (program_.skips_rows) return skip(row, std::move(error));
      wrong_row = row;
      return fail(std::move(error));
    };
    TaskOutput output(program_, values_, chunker_, task.unit, run, std::move(hooks));

    std::int64_t at = 0;
    std::string header = input_.header;
    ProcessPipes pipes;
    pipes.feed = [&]() -> Result<std::string> {
      std::string text = std::exchange(header, {});
      if (!text.empty() || at >= task.rows) return text;
      const auto count = std::min(k_fetch_rows, task.rows - at);
      MATVIEW_ASSIGN(const auto lines, fetch(task.first + at, count));
      at += count;
      for (const auto& line : lines) {
        if (chunker_) output.given(line[0].value_or(""));
        text += line[1].value_or("");
        text += '\n';
      }
      report(count);
      return text;
    };
    pipes.drain = [&](std::string_view bytes) { return output.take(bytes); };

    const auto directory = request_.directory / fmt::format("run-{}", run);
    MATVIEW_TRY(support::make_directories(directory));
    auto ended = run_process(spec_for(directory, slot), pipes);
    MATVIEW_TRY(support::remove_tree(directory));
    if (ended) {
      errors = ended->error_tail;
      keep(errors);
    }
    auto done = ended ? judge(*ended, died) : Result<void>(fail(std::move(ended).error()));
    if (done) done = output.finish();
    if (done) return {};
    auto error = std::move(done).error();
    if (error.code != ErrorCode::failed) return fail(std::move(error));
    if (error.detail.empty()) error.detail = detail_of(wrong_row, errors);
    return fail(std::move(error));
  }

  /// Whether a process ended as it should. What it returned is looked at apart.
  Result<void> judge(const ProcessEnd& end, bool& died) {
    using Why = ProcessEnd::Why;
    switch (end.why) {
      case Why::stopped:
      case Why::abandoned:
        if (auto stop = stop_error(control_)) return fail(*std::move(stop));
        return fail(ErrorCode::failed, "was ended because another one failed");
      case Why::timed_out:
        if (auto stop = stop_error(control_)) return fail(*std::move(stop));
        return fail(ErrorCode::failed,
                    fmt::format("did not end within {}", support::format_duration(*program_.timeout)));
      case Why::flooded:
        return fail(
            Error(ErrorCode::failed, fmt::format("wrote more than {}", support::human_bytes(program_.max_output)))
                .with_hint("--udtf-max-output allows more"));
      case Why::killed:
        died = true;
        return fail(ErrorCode::failed,
                    fmt::format("was killed by signal {} ({})", end.signal, ::strsignal(end.signal)));
      case Why::exited: break;
    }
    if (end.exit_code != 0) {
      died = true;
      return fail(ErrorCode::failed, fmt::format("ended with exit code {}", end.exit_code));
    }
    if (!end.read_all)
      return fail(Error(ErrorCode::failed, "ended without having read all of its rows")
                      .with_hint("a program reads standard input to its end, also where the rest does not matter"));
    return {};
  }

  ProcessSpec spec_for(const std::filesystem::path& directory, std::size_t slot) const {
    ProcessSpec spec;
    spec.argv = program_.argv;
    spec.directory = directory;
    spec.variables = variables(directory);
    spec.memory = program_.memory;
    spec.max_output = program_.max_output;
    spec.stop = &control_.stop;
    spec.abandon = &abandon_;
    spec.deadline = control_.deadline;
    if (program_.timeout) {
      const auto end = std::chrono::steady_clock::now() + *program_.timeout;
      spec.deadline = spec.deadline ? std::min(*spec.deadline, end) : end;
    }
    for (int i = 0; i < cpus_each_ && cpus_each_ < static_cast<int>(cpus_.size()); ++i)
      spec.cpus.push_back(
          cpus_[(slot * static_cast<std::size_t>(cpus_each_) + static_cast<std::size_t>(i)) % cpus_.size()]);
    return spec;
  }

  /// Small, so that a run by hand and one by cron see the same.
  std::vector<std::string> variables(const std::filesystem::path& directory) const {
    std::vector<std::string> list;
    list.push_back("PATH=" + environment_.variable("PATH").value_or(std::string(k_default_path)));
    if (const auto home = environment_.variable("HOME")) list.push_back("HOME=" + *home);
    list.push_back("LANG=C.UTF-8");
    list.push_back("TZ=" + request_.time_zone);
    list.push_back("TMPDIR=" + directory.string());
    list.push_back("MATVIEW_VIEW=" + request_.view);
    list.push_back("MATVIEW_KIND=" + request_.kind);
    list.push_back(fmt::format("MATVIEW_FORMAT={}", program_.format == Format::csv ? "csv" : "ndjson"));
    list.push_back(fmt::format("MATVIEW_THREADS={}", program_.split.threads.value_or(1)));
    return list;
  }

  std::string place_of(const Task& task) const {
    if (!chunker_) return task.partition.empty() ? "" : fmt::format(" (partition {})", shown_row(task.partition));
    if (input_.tasks.size() < 2) return "";
    return fmt::format(" (source rows {} to {} of {})", task.first + 1, task.first + task.rows, input_.rows);
  }

  /// The unit (of a chunker's rows) and the text of `count` rows.
  Result<TextRows> fetch(std::int64_t first, std::int64_t count) {
    const std::lock_guard lock(mutex_);
    return database_.rows(fmt::format("SELECT {}, line FROM {} WHERE rowid >= {} AND rowid < {} ORDER BY rowid",
                                      chunker_ ? "unit" : "''", k_input_table, first, first + count));
  }

  void report(std::int64_t count) {
    const std::lock_guard lock(mutex_);
    fed_ += count;
    Progress progress;
    progress.view = request_.view;
    progress.step = "expanding";
    progress.rows = fed_.load();
    if (input_.rows > 0) progress.fraction = static_cast<double>(fed_) / static_cast<double>(input_.rows);
    control_.observer.progress(progress);
  }

  Result<void> skip(std::string_view row, Error error) {
    const std::lock_guard lock(mutex_);
    if (++skipped_ == 1) first_skipped_ = error.message + ": " + shown_row(row);
    if (!program_.max_skipped || skipped_ <= *program_.max_skipped) return {};
    return fail(
        std::move(error)
            .with_context(fmt::format("failed on more than {}: ", support::count_noun(*program_.max_skipped, "row")))
            .with_detail(detail_of(row, {})));
  }

  void keep(const std::string& errors) {
    if (errors.empty()) return;
    const std::lock_guard lock(mutex_);
    error_tail_ += errors;
    if (error_tail_.size() > k_errors_kept) error_tail_.erase(0, error_tail_.size() - k_errors_kept);
  }

  /// Texts that only DuckDB can tell to be no value of their column's type.
  Result<void> check_casts() {
    std::string wrong;
    std::string column = "CASE";
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (!values_[i].is_cast_checked()) continue;
      const auto cell = fmt::format("c{}", i);
      const auto condition = fmt::format("({} IS NOT NULL AND {} IS NULL)", cell, values_[i].cast(cell, true));
      wrong += (wrong.empty() ? "" : " OR ") + condition;
      column +=
          fmt::format(" WHEN {} THEN {}", condition,
                      quote_literal(fmt::format("column '{}': ", values_[i].column().name)) + " || '\"' || left(" +
                          cell + ", 60) || " + quote_literal("\" is no " + values_[i].column().type));
    }
    if (wrong.empty()) return {};
    std::string row;
    for (std::size_t i = 0; i < values_.size(); ++i)
      row += fmt::format("{}{} := left(c{}, 60)", i ? ", " : "", quote_identifier(values_[i].column().name), i);
    MATVIEW_ASSIGN(
        const auto found,
        database_.run(fmt::format("SELECT count(*) OVER (), {} END, CAST(to_json(struct_pack({})) AS VARCHAR) FROM "
                                  "{} WHERE {} ORDER BY unit, child LIMIT 1",
                                  column, row, k_output_table, wrong),
                      control_, request_.view));
    if (found.empty()) return {};
    const auto count = std::strtoll(found[0][0].value_or("0").c_str(), nullptr, 10);
    const auto message = "returned a wrong row: " + found[0][1].value_or("");
    const auto shown = found[0][2].value_or("");
    if (!program_.skips_rows || (program_.max_skipped && skipped_ + count > *program_.max_skipped)) {
      Error error(ErrorCode::failed, message);
      error.detail = detail_of(shown, error_tail_);
      if (program_.skips_rows)
        error.message.insert(
            0, fmt::format("failed on more than {}: ", support::count_noun(*program_.max_skipped, "row")));
      return fail(std::move(error).with_context(fmt::format("the program '{}' ", program_.name)));
    }
    if (skipped_ == 0) first_skipped_ = message + ": " + shown_row(shown);
    skipped_ += count;
    MATVIEW_TRY(database_.run(fmt::format("DELETE FROM {} WHERE {}", k_output_table, wrong), control_, request_.view));
    return {};
  }

  Result<Expansion> result() {
    Expansion expansion;
    // Rows that were left out leave gaps, which are closed.
    const auto child = skipped_ > 0 ? "row_number() OVER (PARTITION BY unit ORDER BY child) - 1" : "child";
    std::string list;
    if (chunker_) list = fmt::format("unit AS {}, {} AS {}, ", k_source_row_id, child, k_child_index);
    for (std::size_t i = 0; i < values_.size(); ++i)
      list += fmt::format("{} AS {}, ", values_[i].cast(fmt::format("c{}", i), false),
                          quote_identifier(values_[i].column().name));
    expansion.rows_sql = fmt::format("SELECT {}unit AS {} FROM {}", list, k_unit_column, k_output_table);
    if (program_.output_limit)
      expansion.rows_sql += fmt::format(" ORDER BY unit, child LIMIT {}", *program_.output_limit);
    expansion.units_sql = fmt::format("SELECT unit FROM {}", k_unit_table);
    MATVIEW_ASSIGN(const auto rows, database_.rows(fmt::format("SELECT count(*) FROM {}", k_output_table)));
    expansion.rows = std::strtoll(rows[0][0].value_or("0").c_str(), nullptr, 10);
    if (program_.output_limit) expansion.rows = std::min(expansion.rows, *program_.output_limit);
    expansion.source_rows = input_.rows;
    expansion.units = input_.units;
    expansion.processes = runs_;
    expansion.skipped = skipped_;
    expansion.first_skipped = first_skipped_;
    expansion.error_tail = error_tail_;
    return expansion;
  }

  Database& database_;
  const Program& program_;
  const ExpandRequest& request_;
  const Environment& environment_;
  Control& control_;
  bool chunker_;
  std::vector<int> cpus_;
  int cpus_each_;
  std::int64_t workers_ = 1;
  std::vector<OutputValue> values_;
  Input input_;

  std::mutex mutex_;  ///< the database, and what stands below
  std::optional<Error> failure_;
  std::int64_t skipped_ = 0;
  std::string first_skipped_;
  std::string error_tail_;
  std::atomic<bool> abandon_{false};
  std::atomic<std::int64_t> runs_{0};
  std::atomic<std::int64_t> fed_{0};
};

}  // namespace

Result<Expansion> expand(Database& database, const Program& program, const ExpandRequest& request,
                         const Environment& environment, Control& control) {
  return Expander(database, program, request, environment, control)();
}

}  // namespace matview::engine::udtf
