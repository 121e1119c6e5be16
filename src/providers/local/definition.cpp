#include "providers/local/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "providers/local/program_options.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers {

namespace {

namespace udtf = engine::udtf;

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const auto& name : names) parts.push_back(name.find_first_of(", \"") == std::string::npos ? name : quoted(name));
  return support::join(parts, ",");
}

std::string command_of(const std::vector<std::string>& argv) {
  Value list = Value::array();
  for (const auto& argument : argv) list.push(argument);
  return support::to_json(list);
}

std::string schema_of(const std::vector<udtf::OutputColumn>& columns) {
  std::vector<std::string> parts;
  for (const auto& column : columns)
    parts.push_back(fmt::format("{} {}{}", quoted(column.name), column.type, column.nullable ? "" : " NOT NULL"));
  return support::join(parts, ", ");
}

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

/// In the largest unit that tells all of it.
std::string duration_text(Duration duration) {
  constexpr std::pair<std::int64_t, const char*> k_units[] = {
      {86'400'000'000, "d"}, {3'600'000'000, "h"}, {60'000'000, "m"}, {1'000'000, "s"}, {1'000, "ms"}};
  for (const auto& [length, unit] : k_units)
    if (duration.count() % length == 0) return fmt::format("{}{}", duration.count() / length, unit);
  return fmt::format("{}ms", duration.count() / 1'000);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

template <typename T>
void put(OptionValues& options, const char* name, const std::optional<T>& value) {
  if (value) options[name] = {fmt::format("{}", *value)};
}

void put_text(OptionValues& options, const char* name, const std::string& value, const std::string& usual) {
  if (value != usual) options[name] = {value};
}

}  // namespace

OptionValues program_request(const std::string& kind, const udtf::Program& program) {
  OptionValues options;
  options["udtf-command"] = {command_of(program.argv)};
  options["output-schema"] = {schema_of(program.output)};
  const auto file = program.files.empty() ? std::string() : program.files.back().state.path;
  put_text(options, "udtf-name", program.name, std::filesystem::path(file).filename().string());
  put_text(options, "udtf-version", program.version, "");
  if (program.format == udtf::Format::csv) options["udtf-format"] = {"csv"};
  if (program.input_columns != names_of(program.input)) options["udtf-input-columns"] = {listed(program.input_columns)};
  if (!program.partition_by.empty()) options["udtf-partition-by"] = {listed(program.partition_by)};
  put(options, "udtf-num-cpus", program.num_cpus);
  put(options, "udtf-memory", program.memory);
  if (program.timeout) options["udtf-timeout"] = {duration_text(*program.timeout)};
  if (program.max_output != udtf::Program().max_output)
    options["udtf-max-output"] = {std::to_string(program.max_output)};
  if (program.skips_rows)
    options["udtf-error-handling"] = {program.max_skipped ? fmt::format("skip_rows:{}", *program.max_skipped)
                                                          : "skip_rows"};
  put(options, "concurrency", program.split.concurrency);
  put(options, "intra-applier-concurrency", program.split.threads);
  if (kind == "chunker" && program.split.task_size == 1)
    options["udtf-no-batch"] = {};
  else
    put(options, "source-task-size", program.split.task_size);
  put(options, "max-rows-per-fragment", program.split.file_rows);
  put(options, "output-limit", program.output_limit);
  return options;
}

Result<CreateRequest> to_request(const engine::ViewDefinition& definition, const LocalSettings& settings) {
  CreateRequest request;
  request.name = definition.name;
  request.query = definition.sql;
  request.kind = definition.kind;
  request.tags = definition.tags;
  auto& options = request.options;
  if (!definition.program.empty()) {
    MATVIEW_ASSIGN(const auto program, udtf::program_from_json(definition.program));
    options = program_request(definition.kind, program);
  }
  options["base-dir"] = {without_slash(definition.base_dir)};
  if (!definition.attachments.empty()) options["attach"] = definition.attachments;
  put_text(options, "refresh-mode", definition.refresh_mode, engine::ViewDefinition().refresh_mode);
  put_text(options, "keep-sources", definition.keep_sources, settings.keep_sources);
  put_text(options, "timezone", definition.time_zone, settings.time_zone);
  put_text(options, "schedule", definition.schedule, "");
  if (definition.auto_refresh) options["auto-refresh"] = {};
  const auto& retention = definition.retention;
  if (retention.versions != settings.retention.versions) options["retain"] = {std::to_string(retention.versions)};
  if (retention.max_age && retention.max_age != settings.retention.max_age)
    options["retain-for"] = {duration_text(*retention.max_age)};
  return request;
}

Result<CreateRequest> respelt(const CreateRequest& wanted, const engine::ViewDefinition& existing,
                              const LocalSettings& settings, const Environment& environment) {
  MATVIEW_TRY(check_program_options(wanted));
  MATVIEW_ASSIGN(auto definition, read_definition(wanted, settings, environment.working_directory()));
  definition.name = existing.name;
  MATVIEW_ASSIGN(auto request, to_request(definition, settings));
  if (wanted.kind == "query") return request;
  // The columns that a query has are asked for when it is bound; those of the view as it is do until then.
  std::vector<Column> input;
  if (!existing.program.empty()) {
    MATVIEW_ASSIGN(const auto program, udtf::program_from_json(existing.program));
    input = program.input;
  }
  MATVIEW_ASSIGN(const auto database, engine::Database::open(settings.database));
  // A program that cannot be read says nothing better of itself than what was written.
  const auto program = read_program(*database, wanted, input, environment);
  auto options = program ? program_request(wanted.kind, *program) : wanted.options;
  request.options.merge(std::move(options));
  return request;
}

}  // namespace matview::providers
