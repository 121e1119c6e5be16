#include "providers/lance/refresh_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "providers/lance/errors.hpp"
#include "providers/lance/udtf_spec.hpp"
#include "providers/remote/fields.hpp"
#include "providers/remote/settings.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

using remote::option;

// What the job driver takes from the body itself, and what would put credentials where they do not belong.
constexpr std::array<std::string_view, 5> k_reserved{"col_name", "column_name", "job_id", "udf", "storage_options"};
constexpr std::array<std::string_view, 11> k_own{"id",
                                                 "identity",
                                                 "context",
                                                 "src_version",
                                                 "max_rows_per_fragment",
                                                 "concurrency",
                                                 "intra_applier_concurrency",
                                                 "source_task_size",
                                                 "cluster",
                                                 "output_limit",
                                                 "manifest"};

template <typename Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_key(std::string_view key) {
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz";
  return !key.empty() && key.size() <= 64 && k_letters.find(key.front()) != std::string_view::npos &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::string flag_of(std::string_view key) {
  std::string flag(key);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

}  // namespace

Result<std::pair<std::string, Value>> parse_assignment(std::string_view text) {
  constexpr std::size_t k_most = 1024;
  const auto equals = text.find('=');
  const std::string key(text.substr(0, equals));
  const auto wrong = [&](std::string message, std::string hint) {
    return fail(Error(ErrorCode::usage, std::move(message)).with_hint(std::move(hint)));
  };
  if (equals == std::string_view::npos)
    return wrong(fmt::format("'{}' is not of the form KEY=VALUE", text), "as --set batch_size=512");
  if (!is_key(key))
    return wrong(fmt::format("'{}' is no key", key),
                 "it begins with a lower-case letter and has up to 64 of them, digits and '_'");
  if (contains(k_reserved, key)) return wrong(fmt::format("the key '{}' belongs to the server", key), "");
  if (contains(k_own, key) && key != "id" && key != "identity" && key != "context")
    return wrong(fmt::format("'{}' has a flag of its own", key), fmt::format("write --{} VALUE", flag_of(key)));
  if (contains(k_own, key)) return wrong(fmt::format("the key '{}' belongs to the request itself", key), "");
  const std::string given(text.substr(equals + 1));
  if (given.size() > k_most)
    return wrong(fmt::format("the value of '{}' has more than {} characters", key, k_most), "");
  auto parsed = support::parse_json(given);
  if (!parsed) return std::pair(key, Value(given));
  if (parsed->if_object() != nullptr || parsed->if_array() != nullptr || parsed->is_null())
    return wrong(fmt::format("the value of '{}' is neither a text, a number, true nor false", key),
                 "only scalars are passed on; a text that looks like JSON goes in double quotes");
  return std::pair(key, *std::move(parsed));
}

Result<RefreshSpec> read_refresh(const RefreshRequest& request, const Environment& environment) {
  if (request.full || request.force)
    return fail(
        Error(ErrorCode::usage, fmt::format("--{} means nothing to a Lance namespace", request.full ? "full" : "force"))
            .with_hint("the server decides how much it recomputes; to start over, drop the view and create it "
                       "again"));
  const auto& options = request.options;
  RefreshSpec spec;
  MATVIEW_ASSIGN(spec.src_version, remote::integer_option(options, "src-version", 0));
  MATVIEW_ASSIGN(spec.max_rows_per_fragment, remote::integer_option(options, "max-rows-per-fragment", 1));
  MATVIEW_ASSIGN(spec.concurrency, remote::integer_option(options, "concurrency", 1));
  MATVIEW_ASSIGN(spec.intra_applier_concurrency, remote::integer_option(options, "intra-applier-concurrency", 1));
  MATVIEW_ASSIGN(spec.source_task_size, remote::integer_option(options, "source-task-size", 1));
  MATVIEW_ASSIGN(spec.output_limit, remote::integer_option(options, "output-limit", 0));
  if (const auto* cluster = option(options, "cluster")) {
    if (cluster->empty()) return fail(ErrorCode::usage, "--cluster is empty");
    spec.cluster = *cluster;
  }
  if (const auto* manifest = option(options, "manifest"))
    MATVIEW_TRY(json_object_option("manifest", *manifest, environment, &spec.manifest));
  if (const auto found = options.find("set"); found != options.end())
    for (const auto& text : found->second) {
      auto assignment = parse_assignment(text);
      if (!assignment) return fail(std::move(assignment).error().with_context("--set: "));
      spec.extra.push_back(*std::move(assignment));
    }
  return spec;
}

HttpRequest refresh_view(const Endpoint& endpoint, const Identifier& view, const RefreshSpec& spec) {
  Value body = body_with_id(view);
  const auto set = [&](std::string_view key, const std::optional<std::int64_t>& number) {
    if (number) body.set(key, *number);
  };
  set("src_version", spec.src_version);
  set("max_rows_per_fragment", spec.max_rows_per_fragment);
  set("concurrency", spec.concurrency);
  set("intra_applier_concurrency", spec.intra_applier_concurrency);
  set("source_task_size", spec.source_task_size);
  if (!spec.cluster.empty()) body.set("cluster", spec.cluster);
  set("output_limit", spec.output_limit);
  if (!spec.manifest.empty()) body.set("manifest", spec.manifest);
  for (const auto& [key, value] : spec.extra) body.set(key, value);
  auto request =
      post(endpoint, fmt::format("refresh '{}'", join_path(view.path, view.delimiter)),
           fmt::format("v1/materialized_view/{}/refresh", segment(view)), delimiter_parameter(view), std::move(body));
  request.retry = busy_only();
  request.assumed = {202, {}, R"({"job_id":"JOB"})"};
  return request;
}

Result<std::string> read_refreshed(const HttpResponse& response) {
  MATVIEW_ASSIGN(const Value body, read_json(response));
  return remote::text(body, "job_id");
}

}  // namespace matview::providers::lance
