#include "providers/memory/state.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace matview::providers::memory {

namespace {

using Json = nlohmann::json;

std::int64_t from_time(Time time) { return time.time_since_epoch().count(); }
Time to_time(const Json& json) { return Time(Duration(json.get<std::int64_t>())); }

template <typename T>
Json from_optional(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

std::optional<std::int64_t> to_integer(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<std::int64_t>());
}

Json from_job(const Job& job) {
  Json json{{"id", job.id},
            {"view", job.view},
            {"operation", job.operation},
            {"state", to_string(job.state)},
            {"mode", job.mode},
            {"reason", job.reason},
            {"started_at", from_time(job.started_at.value_or(Time{}))},
            {"finished_at", from_time(job.finished_at.value_or(Time{}))},
            {"elapsed", job.elapsed.value_or(Duration{}).count()},
            {"rows_total", from_optional(job.rows_total)},
            {"rows_added", from_optional(job.rows_added)},
            {"rows_removed", from_optional(job.rows_removed)},
            {"version", from_optional(job.version)}};
  if (job.error) json["error"] = {{"code", symbol(job.error->code)}, {"message", job.error->message}};
  return json;
}

Job to_job(const Json& json) {
  Job job;
  job.id = json.at("id");
  job.view = json.at("view");
  job.operation = json.at("operation");
  job.state = job_state_from(json.at("state").get<std::string>()).value_or(JobState::unknown);
  job.mode = json.at("mode");
  job.reason = json.at("reason");
  job.started_at = to_time(json.at("started_at"));
  job.submitted_at = job.started_at;
  job.finished_at = to_time(json.at("finished_at"));
  job.elapsed = Duration(json.at("elapsed").get<std::int64_t>());
  job.rows_total = to_integer(json.at("rows_total"));
  job.rows_added = to_integer(json.at("rows_added"));
  job.rows_removed = to_integer(json.at("rows_removed"));
  job.version = to_integer(json.at("version"));
  if (const auto error = json.find("error"); error != json.end()) {
    const auto code = error_code_from(error->at("code").get<std::string>()).value_or(ErrorCode::failed);
    job.error = Error(code, error->at("message"));
  }
  return job;
}

Json from_view(const StoredView& view) {
  Json versions = Json::array();
  for (const auto& stored : view.versions)
    versions.push_back({{"version", stored.version.version},
                        {"created_at", from_time(stored.version.created_at)},
                        {"rows", stored.version.rows.value_or(0)},
                        {"mode", stored.version.mode},
                        {"job_id", stored.version.job_id},
                        {"definition_version", stored.definition_version},
                        {"upstream", stored.upstream}});
  Json jobs = Json::array();
  for (const auto& job : view.jobs) jobs.push_back(from_job(job));
  return {{"definition", view.definition},
          {"definition_version", view.definition_version},
          {"rows", view.rows},
          {"delay", view.delay},
          {"fail_with", view.fail_with},
          {"upstream", view.upstream},
          {"tags", view.tags},
          {"suspended", view.suspended},
          {"created_at", from_time(view.created_at)},
          {"versions", versions},
          {"jobs", jobs}};
}

StoredView to_view(const Json& json) {
  StoredView view;
  view.definition = json.at("definition");
  view.definition_version = json.at("definition_version");
  view.rows = json.at("rows");
  view.delay = json.at("delay");
  view.fail_with = json.at("fail_with");
  view.upstream = json.at("upstream").get<std::vector<std::string>>();
  view.tags = json.at("tags").get<std::vector<std::string>>();
  view.suspended = json.value("suspended", false);
  view.created_at = to_time(json.at("created_at"));
  for (const auto& item : json.at("versions")) {
    StoredVersion stored;
    stored.version.version = item.at("version");
    stored.version.created_at = to_time(item.at("created_at"));
    stored.version.rows = item.at("rows").get<std::int64_t>();
    stored.version.mode = item.at("mode");
    stored.version.job_id = item.at("job_id");
    stored.definition_version = item.at("definition_version");
    stored.upstream = item.at("upstream").get<std::map<std::string, std::int64_t>>();
    view.versions.push_back(std::move(stored));
  }
  for (const auto& item : json.at("jobs")) view.jobs.push_back(to_job(item));
  return view;
}

}  // namespace

Result<State> load_state(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    if (errno == ENOENT) return State{};
    return fail(ErrorCode::usage, fmt::format("cannot read state_file '{}': {}", path.string(), std::strerror(errno)));
  }
  try {
    const Json json = Json::parse(stream);
    State state;
    state.last_job = json.at("last_job");
    for (const auto& [name, view] : json.at("views").items()) state.views.emplace(name, to_view(view));
    return state;
  } catch (const Json::exception&) {
    return fail(ErrorCode::usage,
                fmt::format("state_file '{}' does not hold views of the memory provider", path.string()));
  }
}

Result<void> save_state(const std::filesystem::path& path, const State& state) {
  Json views = Json::object();
  for (const auto& [name, view] : state.views) views[name] = from_view(view);
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
    stream << Json{{"last_job", state.last_job}, {"views", views}}.dump(1) << '\n';
    if (!stream.flush())
      return fail(ErrorCode::failed, fmt::format("cannot write '{}': {}", fresh.string(), std::strerror(errno)));
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) return fail(ErrorCode::failed, fmt::format("cannot write '{}': {}", path.string(), error.message()));
  return {};
}

}  // namespace matview::providers::memory
