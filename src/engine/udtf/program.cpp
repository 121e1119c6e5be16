#include "engine/udtf/program.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace matview::engine::udtf {

namespace {

using nlohmann::ordered_json;

template <typename T>
void put(ordered_json& document, const char* key, const std::optional<T>& value) {
  if (value) document[key] = *value;
}

template <typename T>
void get(const ordered_json& document, const char* key, std::optional<T>& value) {
  if (const auto found = document.find(key); found != document.end()) value = found->template get<T>();
}

ordered_json to_document(const ProgramFile& file) {
  return {{"path", file.state.path},         {"sha256", file.sha256},           {"size", file.state.size},
          {"mtime_ns", file.state.mtime_ns}, {"ctime_ns", file.state.ctime_ns}, {"inode", file.state.inode},
          {"device", file.state.device}};
}

ProgramFile read_file(const ordered_json& document) {
  ProgramFile file;
  file.state.path = document.at("path");
  file.sha256 = document.at("sha256");
  file.state.size = document.at("size");
  file.state.mtime_ns = document.at("mtime_ns");
  file.state.ctime_ns = document.at("ctime_ns");
  file.state.inode = document.at("inode");
  file.state.device = document.at("device");
  return file;
}

ordered_json to_document(const Split& split) {
  ordered_json document = ordered_json::object();
  put(document, "concurrency", split.concurrency);
  put(document, "threads", split.threads);
  put(document, "task_size", split.task_size);
  put(document, "file_rows", split.file_rows);
  return document;
}

Split read_split(const ordered_json& document) {
  Split split;
  get(document, "concurrency", split.concurrency);
  get(document, "threads", split.threads);
  get(document, "task_size", split.task_size);
  get(document, "file_rows", split.file_rows);
  return split;
}

Program read_program(const ordered_json& document) {
  Program program;
  program.name = document.at("name");
  program.version = document.at("version");
  program.argv = document.at("argv").get<std::vector<std::string>>();
  for (const auto& file : document.at("files")) program.files.push_back(read_file(file));
  program.format = document.at("format") == "csv" ? Format::csv : Format::ndjson;
  for (const auto& column : document.at("input")) program.input.push_back({column.at(0), column.at(1)});
  program.input_columns = document.at("input_columns").get<std::vector<std::string>>();
  program.partition_by = document.at("partition_by").get<std::vector<std::string>>();
  for (const auto& column : document.at("output"))
    program.output.push_back({column.at(0), column.at(1), column.at(2).get<bool>()});
  get(document, "num_cpus", program.num_cpus);
  get(document, "memory", program.memory);
  if (const auto found = document.find("timeout_ms"); found != document.end())
    program.timeout = std::chrono::milliseconds(found->get<std::int64_t>());
  program.max_output = document.at("max_output");
  program.skips_rows = document.at("skips_rows");
  get(document, "max_skipped", program.max_skipped);
  get(document, "output_limit", program.output_limit);
  program.split = read_split(document.at("split"));
  return program;
}

/// Lengths keep apart what concatenation would run together.
void append(std::string& text, std::string_view part) { text += fmt::format("{}:{};", part.size(), part); }

void append(std::string& text, const std::vector<std::string>& parts) {
  text += fmt::format("{}[", parts.size());
  for (const auto& part : parts) append(text, part);
}

}  // namespace

Program with_options(Program program, const RunOptions& options) {
  const auto overrule = [](auto& value, const auto& other) {
    if (other) value = other;
  };
  overrule(program.split.concurrency, options.split.concurrency);
  overrule(program.split.threads, options.split.threads);
  overrule(program.split.task_size, options.split.task_size);
  overrule(program.split.file_rows, options.split.file_rows);
  overrule(program.output_limit, options.output_limit);
  if (options.skips_any) program.max_skipped.reset();
  return program;
}

std::string to_json(const Program& program) {
  ordered_json document{{"name", program.name}, {"version", program.version}, {"argv", program.argv}};
  document["files"] = ordered_json::array();
  for (const auto& file : program.files) document["files"].push_back(to_document(file));
  document["format"] = program.format == Format::csv ? "csv" : "ndjson";
  document["input"] = ordered_json::array();
  for (const auto& column : program.input) document["input"].push_back({column.name, column.type});
  document["input_columns"] = program.input_columns;
  document["partition_by"] = program.partition_by;
  document["output"] = ordered_json::array();
  for (const auto& column : program.output)
    document["output"].push_back(ordered_json::array({column.name, column.type, column.nullable}));
  put(document, "num_cpus", program.num_cpus);
  put(document, "memory", program.memory);
  if (program.timeout) document["timeout_ms"] = program.timeout->count();
  document["max_output"] = program.max_output;
  document["skips_rows"] = program.skips_rows;
  put(document, "max_skipped", program.max_skipped);
  put(document, "output_limit", program.output_limit);
  document["split"] = to_document(program.split);
  // An argument may be any bytes; what is no UTF-8 was refused when the definition was read.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<Program> program_from_json(std::string_view text) {
  try {
    return read_program(ordered_json::parse(text));
  } catch (const nlohmann::json::exception& exception) {
    return fail(ErrorCode::internal, fmt::format("cannot read the program of a definition: {}", exception.what()));
  }
}

std::string identity(const Program& program) {
  std::string text;
  append(text, program.version);
  append(text, program.argv);
  append(text, program.format == Format::csv ? "csv" : "ndjson");
  append(text, program.input_columns);
  append(text, program.partition_by);
  for (const auto& column : program.output)
    for (const auto& part : {column.name, column.type, std::string(column.nullable ? "" : "NOT NULL")})
      append(text, part);
  append(text, program.skips_rows ? "skip" : "fail");
  if (program.output_limit) append(text, std::to_string(*program.output_limit));
  return text;
}

std::vector<Column> view_columns(const std::string& kind, const Program& program) {
  std::vector<Column> columns;
  if (kind == "chunker") {
    columns.push_back({std::string(k_source_row_id), "VARCHAR"});
    columns.push_back({std::string(k_child_index), "BIGINT"});
  }
  for (const auto& column : program.output) columns.push_back({column.name, column.type});
  return columns;
}

}  // namespace matview::engine::udtf
