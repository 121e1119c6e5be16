#include "providers/local/program_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "engine/duckdb/sql_text.hpp"
#include "engine/udtf/output_schema.hpp"
#include "engine/udtf/program_files.hpp"
#include "providers/remote/settings.hpp"
#include "support/bytes.hpp"
#include "support/duration.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers {

namespace {

namespace fs = std::filesystem;
namespace udtf = engine::udtf;
using remote::option;
using remote::spec;

constexpr std::string_view k_skip_rows = "skip_rows";

/// Names separated by commas; one that holds a comma or a blank stands in double quotes, as in SQL.
Result<std::vector<std::string>> parse_names(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = 0;;) {
    while (at < text.size() && text[at] == ' ') ++at;
    std::string name;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && (text[at] != '"' || text.substr(at + 1).starts_with('"')); ++at) {
        if (text[at] == '"') ++at;
        name += text[at];
      }
      ++at;
    } else {
      const auto end = std::min(text.find(',', at), text.size());
      name = text.substr(at, end - at);
      name.erase(name.find_last_not_of(' ') + 1);
      at = end;
    }
    while (at < text.size() && text[at] == ' ') ++at;
    if (name.empty() || at > text.size() || (at < text.size() && text[at] != ','))
      return fail(Error(ErrorCode::usage, fmt::format("'{}' is no list of columns", text))
                      .with_hint("write A,B; a name with a comma in double quotes"));
    names.push_back(std::move(name));
    if (at >= text.size()) return names;
    ++at;
  }
}

Result<std::vector<std::string>> parse_command(std::string_view text) {
  const auto document = support::parse_json(text);
  const auto* items = document ? document->if_array() : nullptr;
  std::vector<std::string> argv;
  bool good = items != nullptr && !items->empty();
  for (std::size_t i = 0; good && i < items->size(); ++i) {
    const auto* argument = (*items)[i].if_string();
    good = argument != nullptr && argument->find('\0') == std::string::npos && (i > 0 || !argument->empty());
    if (good) argv.push_back(*argument);
  }
  if (good) return argv;
  return fail(
      Error(ErrorCode::usage, fmt::format("'{}' is no command", support::truncate(support::strip_control(text), 80)))
          .with_hint(R"(write a JSON array of texts: '["python3","split.py","--size","512"]')"));
}

/// "fail", "skip_rows", "skip_rows:MAX" into the program.
Result<void> parse_error_handling(std::string_view text, udtf::Program& program) {
  program.skips_rows = text.starts_with(k_skip_rows);
  if (text == "fail" || text == k_skip_rows) return {};
  if (program.skips_rows && text.substr(k_skip_rows.size()).starts_with(':')) {
    const auto digits = text.substr(k_skip_rows.size() + 1);
    std::int64_t most = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), most);
    if (error == std::errc() && end == digits.data() + digits.size() && most >= 0) {
      program.max_skipped = most;
      return {};
    }
  }
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is no way to handle errors", text))
                  .with_hint("fail, skip_rows, or skip_rows:MAX with the number of wrong rows that are too many"));
}

Result<double> parse_cpus(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(amount) && amount > 0 && amount <= 4096)
    return amount;
  return fail(Error(ErrorCode::usage, fmt::format("'{}' is no number of CPUs", text)).with_hint("as 1 or 2"));
}

Result<std::int64_t> parse_positive_bytes(std::string_view text) {
  MATVIEW_ASSIGN(const auto bytes, support::parse_bytes(text));
  if (bytes > 0) return bytes;
  return fail(ErrorCode::usage, fmt::format("'{}' leaves nothing", text));
}

Result<Duration> parse_timeout(std::string_view text) {
  MATVIEW_ASSIGN(const auto time, support::parse_duration(text));
  if (time >= std::chrono::milliseconds(1)) return time;
  return fail(ErrorCode::usage, fmt::format("'{}' is no time to run in", text));
}

template <auto k_parse>
Result<void> check(std::string_view text) {
  MATVIEW_TRY(k_parse(text));
  return {};
}

Result<void> check_error_handling(std::string_view text) {
  udtf::Program ignored;
  return parse_error_handling(text, ignored);
}

/// The value of an option, read by `parse`; an error names the flag.
template <typename T>
Result<std::optional<T>> read(const OptionValues& options, const std::string& name,
                              Result<T> (*parse)(std::string_view)) {
  const auto* text = option(options, name);
  if (text == nullptr) return std::optional<T>();
  auto value = parse(*text);
  if (!value) return fail(std::move(value).error().with_context(fmt::format("--{}: ", name)));
  return std::optional<T>(*std::move(value));
}

Result<std::vector<std::string>> read_command(const OptionValues& options, const std::string& kind,
                                              const Environment& environment) {
  const auto* file = option(options, "udtf");
  const auto* command = option(options, "udtf-command");
  if ((file != nullptr) == (command != nullptr))
    return fail(
        Error(ErrorCode::usage, file ? "--udtf and --udtf-command exclude each other"
                                     : fmt::format("a view of kind {} needs --udtf FILE or --udtf-command JSON", kind))
            .with_hint("see 'matview help udtf'"));
  if (command != nullptr) {
    auto argv = parse_command(*command);
    if (!argv) return fail(std::move(argv).error().with_context("--udtf-command: "));
    return argv;
  }
  const auto path = (environment.working_directory() / *file).lexically_normal();
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return fail(ErrorCode::usage, fmt::format("--udtf: there is no file '{}'", path.string()));
  return std::vector{path.string()};
}

/// `names` as the query spells them. `usage` for one that it does not have, or that is named twice.
Result<std::vector<std::string>> columns_of(const std::vector<std::string>& names, const std::vector<Column>& input,
                                            std::string_view flag) {
  std::vector<std::string> found;
  for (const auto& name : names) {
    const auto column = std::find_if(input.begin(), input.end(), [&](const Column& candidate) {
      return engine::fold_case(candidate.name) == engine::fold_case(name);
    });
    if (column == input.end())
      return fail(ErrorCode::usage, fmt::format("--{}: the query has no column '{}'", flag, name));
    if (std::find(found.begin(), found.end(), column->name) != found.end())
      return fail(ErrorCode::usage, fmt::format("--{}: the column '{}' is named twice", flag, name));
    found.push_back(column->name);
  }
  return found;
}

Result<void> read_columns(const OptionValues& options, const std::string& kind, udtf::Program& program) {
  for (const auto& column : program.input)
    if (kind == "chunker" && engine::fold_case(column.name) == udtf::k_source_row_id)
      return fail(ErrorCode::usage,
                  fmt::format("the query has a column '{}', which a chunker adds by itself", column.name));
  MATVIEW_ASSIGN(const auto names, read<std::vector<std::string>>(options, "udtf-input-columns", parse_names));
  for (const auto& column : program.input) program.input_columns.push_back(column.name);
  if (names) {
    MATVIEW_ASSIGN(program.input_columns, columns_of(*names, program.input, "udtf-input-columns"));
  }
  MATVIEW_ASSIGN(const auto parts, read<std::vector<std::string>>(options, "udtf-partition-by", parse_names));
  if (parts) {
    MATVIEW_ASSIGN(program.partition_by, columns_of(*parts, program.input, "udtf-partition-by"));
  }
  return {};
}

Result<void> read_output(engine::Database& database, const CreateRequest& request, const Environment& environment,
                         udtf::Program& program) {
  const auto* text = option(request.options, "output-schema");
  const auto* file = option(request.options, "output-schema-file");
  if ((text != nullptr) == (file != nullptr))
    return fail(Error(ErrorCode::usage, text ? "--output-schema and --output-schema-file exclude each other"
                                             : fmt::format("a view of kind {} needs --output-schema", request.kind))
                    .with_hint("the columns the program returns, as --output-schema 'id BIGINT, chunk VARCHAR'"));
  std::string content = text ? *text : "";
  if (file) {
    MATVIEW_ASSIGN(content, remote::read_option_file("output-schema-file", *file, environment));
  }
  auto columns = udtf::read_output_schema(database, content);
  if (!columns)
    return fail(std::move(columns).error().with_context(file ? "--output-schema-file: " : "--output-schema: "));
  program.output = *std::move(columns);
  return {};
}

Result<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1)
    return fail(ErrorCode::usage, fmt::format("'{}' is not a whole number above 0", text));
  return value;
}

}  // namespace

std::vector<OptionSpec> program_options() {
  using enum Operation;
  auto format = spec("udtf-format", "FORMAT", "What the program reads and writes (default ndjson)", {create, explain});
  format.choices = {"ndjson", "csv"};
  return {
      spec("udtf", "FILE", "The program of a udtf or chunker: an executable file", {create, explain}),
      spec("udtf-command", "JSON", "The program with its arguments, as a JSON array", {create, explain},
           check<parse_command>),
      std::move(format),
      spec("output-schema", "SPEC", "Columns that the program returns, as 'id BIGINT, chunk VARCHAR'",
           {create, explain}),
      spec("output-schema-file", "FILE", "The same from a file", {create, explain}),
      spec("udtf-name", "NAME", "Name of the program in messages (default: the file's)", {create, explain}),
      spec("udtf-version", "VERSION", "A word of your own; another one makes the view stale", {create, explain}),
      spec("udtf-input-columns", "A,B", "Columns of the query that the program is given (default: all)",
           {create, explain}, check<parse_names>),
      spec("udtf-partition-by", "A,B", "udtf: a process of its own for each value of these columns", {create, explain},
           check<parse_names>),
      spec("udtf-num-cpus", "N", "CPUs that each process may use", {create, explain}, check<parse_cpus>),
      spec("udtf-memory", "SIZE", "Memory that each process may take, as 512MB or 4GiB", {create, explain},
           check<parse_positive_bytes>),
      spec("udtf-timeout", "DURATION", "Time that each process may take", {create, explain}, check<parse_timeout>),
      spec("udtf-max-output", "SIZE", "Bytes that each process may write (default 4GiB)", {create, explain},
           check<parse_positive_bytes>),
      spec("udtf-error-handling", "HOW", "fail (default), or skip_rows[:MAX] to leave wrong rows out",
           {create, explain}, check_error_handling),
      spec("udtf-batch", "", "chunker: one process for many source rows (default)", {create, explain}),
      spec("udtf-no-batch", "", "chunker: a process of its own for each source row", {create, explain}),
      spec("concurrency", "N", "Processes of the program at once (default: as many as there are CPUs for)",
           {create, refresh, explain}, check<parse_count>),
      spec("intra-applier-concurrency", "N", "Threads for each process, told to it in MATVIEW_THREADS (default 1)",
           {create, refresh, explain}, check<parse_count>),
      spec("source-task-size", "N", "chunker: source rows that one process is given at most",
           {create, refresh, explain}, check<parse_count>),
      spec("max-rows-per-fragment", "N", "udtf, chunker: rows in a data file at most", {create, refresh, explain},
           check<parse_count>),
      spec("output-limit", "N", "chunker: rows the view has at most", {create, refresh, explain}, check<parse_count>),
      spec("src-version", "N", "Version to read of the one view or DuckLake table the query reads (default: newest)",
           {refresh}, remote::check_number),
  };
}

Result<void> check_program_options(const CreateRequest& request) {
  const auto wrong = [&](std::string_view flag, std::string_view whose) {
    return fail(Error(ErrorCode::usage, fmt::format("--{} is for views of kind {}, and this one is of kind {}", flag,
                                                    whose, request.kind))
                    .with_hint("see --kind, and 'matview help udtf'"));
  };
  for (const auto& [name, values] : request.options) {
    const bool chunkers =
        name == "udtf-batch" || name == "udtf-no-batch" || name == "source-task-size" || name == "output-limit";
    if (chunkers && request.kind != "chunker") return wrong(name, "chunker");
    if (name == "udtf-partition-by" && request.kind != "udtf") return wrong(name, "udtf");
    const bool programs = name == "udtf" || name.starts_with("udtf-") || name.starts_with("output-schema") ||
                          name == "concurrency" || name == "intra-applier-concurrency" ||
                          name == "max-rows-per-fragment";
    if (programs && request.kind == "query") return wrong(name, "udtf and chunker");
  }
  if (request.options.contains("udtf-batch") && request.options.contains("udtf-no-batch"))
    return fail(ErrorCode::usage, "--udtf-batch and --udtf-no-batch exclude each other");
  if (request.options.contains("udtf-no-batch") && request.options.contains("source-task-size"))
    return fail(ErrorCode::usage, "--udtf-no-batch and --source-task-size exclude each other");
  return {};
}

Result<udtf::Program> read_program(engine::Database& database, const CreateRequest& request,
                                   const std::vector<Column>& input, const Environment& environment) {
  const auto& options = request.options;
  udtf::Program program;
  program.input = input;
  MATVIEW_ASSIGN(const auto argv, read_command(options, request.kind, environment));
  auto resolved = udtf::resolve_command(program, argv, environment);
  if (!resolved)
    return fail(std::move(resolved).error().with_hint(
        R"(a script without execute permission is run by its interpreter: --udtf-command '["python3","FILE"]')"));
  for (const auto& argument : program.argv)
    if (support::valid_utf8(argument) != argument)
      return fail(ErrorCode::usage, "the program's command is not valid UTF-8");
  // What tells programs apart is the script, not python3.
  program.name = fs::path(program.files.back().state.path).filename().string();
  for (const auto& [flag, value] : {std::pair("udtf-name", &program.name), std::pair("udtf-version", &program.version)})
    if (const auto* text = option(options, flag)) {
      if (text->empty()) return fail(ErrorCode::usage, fmt::format("--{} is empty", flag));
      *value = *text;
    }
  if (const auto* format = option(options, "udtf-format"); format && *format == "csv")
    program.format = udtf::Format::csv;
  MATVIEW_TRY(read_columns(options, request.kind, program));
  MATVIEW_TRY(read_output(database, request, environment, program));
  MATVIEW_ASSIGN(program.num_cpus, read<double>(options, "udtf-num-cpus", parse_cpus));
  MATVIEW_ASSIGN(program.memory, read<std::int64_t>(options, "udtf-memory", parse_positive_bytes));
  MATVIEW_ASSIGN(const auto timeout, read<Duration>(options, "udtf-timeout", parse_timeout));
  if (timeout) program.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout);
  MATVIEW_ASSIGN(const auto output, read<std::int64_t>(options, "udtf-max-output", parse_positive_bytes));
  program.max_output = output.value_or(program.max_output);
  if (const auto* handling = option(options, "udtf-error-handling"))
    MATVIEW_TRY(parse_error_handling(*handling, program));
  MATVIEW_ASSIGN(const auto run, read_run_options(options));
  program = udtf::with_options(std::move(program), run);
  if (options.contains("udtf-no-batch")) program.split.task_size = 1;
  return program;
}

Result<udtf::RunOptions> read_run_options(const OptionValues& options) {
  udtf::RunOptions run;
  for (const auto& [name, value] :
       {std::pair("concurrency", &run.split.concurrency), std::pair("intra-applier-concurrency", &run.split.threads),
        std::pair("source-task-size", &run.split.task_size), std::pair("max-rows-per-fragment", &run.split.file_rows),
        std::pair("output-limit", &run.output_limit)}) {
    MATVIEW_ASSIGN(*value, read<std::int64_t>(options, name, parse_count));
  }
  MATVIEW_ASSIGN(run.source_version, remote::integer_option(options, "src-version", 0));
  return run;
}

}  // namespace matview::providers
