#include "engine/store/documents.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace matview::engine {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Between the parts of a column's text form. Rare in names, and escaped there.
constexpr char k_field_end = '\t';
constexpr char k_column_end = '\n';

Result<std::string> dump(const ordered_json& document) {
  try {
    return document.dump();
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::usage, "a name, path or query in the definition is not valid UTF-8");
  }
}

template <typename Read>
auto parsed(std::string_view text, const char* what, Read&& read)
    -> Result<decltype(read(std::declval<ordered_json>()))> {
  try {
    return read(ordered_json::parse(text));
  } catch (const nlohmann::json::exception& exception) {
    return fail(ErrorCode::failed,
                std::string("the catalog is damaged: cannot read ") + what + ": " + exception.what());
  }
}

ordered_json to_json(const Value& value) {
  if (const auto* flag = value.if_bool()) return *flag;
  if (const auto* integer = value.if_integer()) return *integer;
  if (const auto* real = value.if_double()) return *real;
  if (const auto* number = value.if_number()) return {{"$number", number->text}};
  if (const auto* text = value.if_string()) return *text;
  if (const auto* array = value.if_array()) {
    ordered_json list = ordered_json::array();
    for (const Value& entry : *array) list.push_back(to_json(entry));
    return list;
  }
  if (const auto* members = value.if_object()) {
    ordered_json object = ordered_json::object();
    for (const auto& [key, entry] : *members) object[key] = to_json(entry);
    return object;
  }
  return nullptr;
}

Value read_value(const ordered_json& document) {
  switch (document.type()) {
    case json::value_t::boolean: return document.get<bool>();
    case json::value_t::number_unsigned:
    case json::value_t::number_integer: return document.get<std::int64_t>();
    case json::value_t::number_float: return document.get<double>();
    case json::value_t::string: return document.get<std::string>();
    case json::value_t::array: {
      Value list = Value::array();
      for (const auto& entry : document) list.push(read_value(entry));
      return list;
    }
    case json::value_t::object: {
      if (document.size() == 1 && document.contains("$number"))
        return Value::Number{document["$number"].get<std::string>()};
      Value object = Value::object();
      for (const auto& [key, entry] : document.items()) object.set(key, read_value(entry));
      return object;
    }
    default: return nullptr;
  }
}

template <typename T>
void put(ordered_json& document, const char* key, const std::optional<T>& value) {
  if (value) document[key] = *value;
}
void put(ordered_json& document, const char* key, const std::optional<Time>& time) {
  if (time) document[key] = time->time_since_epoch().count();
}
void put(ordered_json& document, const char* key, const std::string& text) {
  if (!text.empty()) document[key] = text;
}

template <typename T>
void get(const ordered_json& document, const char* key, std::optional<T>& value) {
  if (const auto found = document.find(key); found != document.end()) value = found->template get<T>();
}
void get(const ordered_json& document, const char* key, std::optional<Time>& time) {
  if (const auto found = document.find(key); found != document.end()) time = Time(Duration(found->get<std::int64_t>()));
}
void get(const ordered_json& document, const char* key, std::string& text) {
  if (const auto found = document.find(key); found != document.end()) text = found->get<std::string>();
}

ordered_json to_json(const Error& error) {
  ordered_json document{{"code", std::string(symbol(error.code))}, {"message", error.message}};
  put(document, "detail", error.detail);
  put(document, "hint", error.hint);
  put(document, "http_status", error.http_status);
  put(document, "request_id", error.request_id);
  if (error.retryable) document["retryable"] = true;
  return document;
}

Error read_error(const ordered_json& document) {
  Error error;
  error.code = error_code_from(document.at("code").get<std::string>()).value_or(ErrorCode::failed);
  error.message = document.at("message");
  get(document, "detail", error.detail);
  get(document, "hint", error.hint);
  get(document, "http_status", error.http_status);
  get(document, "request_id", error.request_id);
  error.retryable = document.value("retryable", false);
  return error;
}

Job read_job(const ordered_json& document) {
  Job job;
  get(document, "id", job.id);
  get(document, "view", job.view);
  get(document, "profile", job.profile);
  get(document, "provider", job.provider);
  get(document, "operation", job.operation);
  job.state = job_state_from(document.value("state", std::string("unknown"))).value_or(JobState::unknown);
  get(document, "mode", job.mode);
  get(document, "reason", job.reason);
  get(document, "submitted_at", job.submitted_at);
  get(document, "started_at", job.started_at);
  get(document, "finished_at", job.finished_at);
  if (const auto found = document.find("elapsed"); found != document.end())
    job.elapsed = Duration(found->get<std::int64_t>());
  get(document, "rows_total", job.rows_total);
  get(document, "rows_added", job.rows_added);
  get(document, "rows_removed", job.rows_removed);
  get(document, "version", job.version);
  if (const auto found = document.find("error"); found != document.end()) job.error = read_error(*found);
  if (const auto found = document.find("native"); found != document.end()) job.native = read_value(*found);
  return job;
}

ViewDefinition read_definition(const ordered_json& document) {
  ViewDefinition definition;
  definition.name = document.at("name");
  definition.kind = document.at("kind");
  definition.sql = document.at("sql");
  definition.base_dir = document.at("base_dir");
  definition.attachments = document.at("attachments").get<std::vector<std::string>>();
  for (const auto& source : document.at("sources"))
    definition.sources.push_back({source.at(0), source.at(1), source.at(2)});
  definition.columns = columns_from_text(document.at("columns").get_ref<const std::string&>());
  definition.depends_on = document.at("depends_on").get<std::vector<std::string>>();
  definition.tags = document.at("tags").get<std::vector<std::string>>();
  definition.unstable_functions = document.at("unstable_functions").get<std::vector<std::string>>();
  definition.refresh_mode = document.at("refresh_mode");
  definition.keep_sources = document.value("keep_sources", definition.keep_sources);
  definition.program = document.value("program", "");
  get(document, "schedule", definition.schedule);
  definition.auto_refresh = document.value("auto_refresh", false);
  definition.time_zone = document.at("time_zone");
  definition.fingerprint = document.at("fingerprint");
  definition.retention.versions = document.at("retain");
  if (const auto found = document.find("retain_for"); found != document.end())
    definition.retention.max_age = Duration(found->get<std::int64_t>());
  return definition;
}

}  // namespace

Result<std::string> definition_to_json(const ViewDefinition& definition) {
  ordered_json sources = ordered_json::array();
  for (const PinnedSource& source : definition.sources) sources.push_back({source.name, source.kind, source.pinned});
  ordered_json document{{"name", definition.name},
                        {"kind", definition.kind},
                        {"sql", definition.sql},
                        {"base_dir", definition.base_dir},
                        {"attachments", definition.attachments},
                        {"sources", std::move(sources)},
                        {"columns", columns_to_text(definition.columns)},
                        {"depends_on", definition.depends_on},
                        {"tags", definition.tags},
                        {"unstable_functions", definition.unstable_functions},
                        {"refresh_mode", definition.refresh_mode},
                        {"keep_sources", definition.keep_sources},
                        {"program", definition.program},
                        {"time_zone", definition.time_zone},
                        {"fingerprint", definition.fingerprint},
                        {"retain", definition.retention.versions}};
  if (definition.retention.max_age) document["retain_for"] = definition.retention.max_age->count();
  put(document, "schedule", definition.schedule);
  if (definition.auto_refresh) document["auto_refresh"] = true;
  return dump(document);
}

Result<ViewDefinition> definition_from_json(std::string_view json) {
  return parsed(json, "a definition", read_definition);
}

std::string columns_to_text(const std::vector<StoredColumn>& columns) {
  std::string text;
  const auto add = [&](const std::string& field, char end) {
    for (const char c : field) {
      if (c == '\\' || c == k_field_end || c == k_column_end) text += '\\';
      text += c;
    }
    text += end;
  };
  for (const StoredColumn& column : columns) {
    add(column.name, k_field_end);
    add(column.type, k_field_end);
    add(column.storage_type, k_column_end);
  }
  return text;
}

std::vector<StoredColumn> columns_from_text(std::string_view text) {
  std::vector<StoredColumn> columns;
  StoredColumn column;
  std::string* const fields[] = {&column.name, &column.type, &column.storage_type};
  std::size_t field = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      *fields[field] += text[++i];
    } else if (text[i] == k_field_end && field < 2) {
      ++field;
    } else if (text[i] == k_column_end) {
      columns.push_back(std::exchange(column, {}));
      field = 0;
    } else {
      *fields[field] += text[i];
    }
  }
  return columns;
}

std::string job_to_json(const Job& job) {
  ordered_json document{{"id", job.id}, {"state", std::string(to_string(job.state))}};
  put(document, "view", job.view);
  put(document, "profile", job.profile);
  put(document, "provider", job.provider);
  put(document, "operation", job.operation);
  put(document, "mode", job.mode);
  put(document, "reason", job.reason);
  put(document, "submitted_at", job.submitted_at);
  put(document, "started_at", job.started_at);
  put(document, "finished_at", job.finished_at);
  if (job.elapsed) document["elapsed"] = job.elapsed->count();
  put(document, "rows_total", job.rows_total);
  put(document, "rows_added", job.rows_added);
  put(document, "rows_removed", job.rows_removed);
  put(document, "version", job.version);
  if (job.error) document["error"] = to_json(*job.error);
  if (!job.native.is_null()) document["native"] = to_json(job.native);
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<Job> job_from_json(std::string_view json) { return parsed(json, "a job", read_job); }

}  // namespace matview::engine
