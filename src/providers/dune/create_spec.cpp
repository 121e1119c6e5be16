#include "providers/dune/create_spec.hpp"

#include <fmt/format.h>

#include "providers/dune/freshness.hpp"
#include "providers/remote/settings.hpp"
#include "support/cron.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::providers::dune {

namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// "{{fee}}" if there is such a parameter in the SQL.
std::string_view parameter_in(std::string_view sql) {
  const auto begin = sql.find("{{");
  const auto end = begin == std::string_view::npos ? begin : sql.find("}}", begin);
  if (end == std::string_view::npos) return {};
  return sql.substr(begin, end + 2 - begin);
}

Result<void> forbid_both(const OptionValues& options, const char* a, const char* b) {
  if (remote::has_flag(options, a) && remote::has_flag(options, b))
    return fail(ErrorCode::usage, fmt::format("--{} and --{} contradict each other", a, b));
  return {};
}

Result<void> check_shape(const CreateRequest& request) {
  if (request.kind != "query")
    return fail(ErrorCode::unsupported,
                fmt::format("the provider 'dune' has no views of kind '{}'", support::strip_control(request.kind)));
  if (request.no_data)
    return fail(Error(ErrorCode::unsupported, "--no-data: creating a view always runs its query here, and bills it")
                    .with_hint("leave --no-data away; --performance small costs less"));
  const auto& options = request.options;
  MATVIEW_TRY(forbid_both(options, "private", "public"));
  MATVIEW_TRY(forbid_both(options, "schedule", "no-schedule"));
  MATVIEW_TRY(forbid_both(options, "expires-at", "no-schedule"));
  if (trim(request.query).empty() && !remote::has_flag(options, "query-id") && !request.replace)
    return fail(Error(ErrorCode::usage, fmt::format("view '{}' needs a query", support::strip_control(request.name)))
                    .with_hint("give it with --query or --query-file, or name a saved one with --query-id"));
  if (const auto parameter = parameter_in(request.query); !parameter.empty())
    return fail(Error(ErrorCode::usage, fmt::format("the query has the parameter {}, and a view's query takes none",
                                                    support::strip_control(parameter)))
                    .with_hint("write its value into the SQL"));
  return {};
}

std::string canonical(const std::string& cron) {
  const auto parsed = support::Cron::parse(cron);
  return parsed ? parsed->text() : cron;
}

}  // namespace

bool same_sql(std::string_view a, std::string_view b) { return trim(a) == trim(b); }

Result<CreateSpec> read_create(const CreateRequest& request, const Settings& settings, Time now) {
  CreateSpec spec;
  MATVIEW_ASSIGN(spec.name, parse_new_name(request.name));
  if (!spec.name.owner.empty() && !settings.owner.empty() && !same_owner(spec.name.owner, settings.owner))
    return fail(Error(ErrorCode::usage, fmt::format("the profile's key belongs to '{}', not to '{}'", settings.owner,
                                                    support::strip_control(spec.name.owner)))
                    .with_hint(fmt::format("name it '{}'", spec.name.bare)));
  MATVIEW_TRY(check_shape(request));
  const auto& options = request.options;
  spec.sql = request.query;
  spec.tags = request.tags;
  spec.if_not_exists = request.if_not_exists;
  spec.replace = request.replace;
  MATVIEW_ASSIGN(spec.query_id, remote::integer_option(options, "query-id", 1));
  if (remote::has_flag(options, "private")) spec.is_private = true;
  if (remote::has_flag(options, "public")) spec.is_private = false;
  if (const auto* tier = remote::option(options, "performance")) spec.performance = *tier;
  if (remote::has_flag(options, "no-schedule")) spec.cron = "";
  if (const auto* cron = remote::option(options, "schedule")) {
    MATVIEW_ASSIGN(spec.cron, check_schedule(*cron));
  }
  if (const auto* end = remote::option(options, "expires-at")) {
    MATVIEW_ASSIGN(spec.expires_at, support::parse_rfc3339(*end));
    if (*spec.expires_at <= now)
      return fail(ErrorCode::usage, fmt::format("--expires-at: {} is past", support::format_rfc3339(*spec.expires_at)));
    if (!spec.cron && !spec.replace)
      return fail(Error(ErrorCode::usage, "--expires-at is when a schedule ends, and there is no --schedule")
                      .with_hint("add one, as --schedule '0 */6 * * *'"));
  }
  return spec;
}

ViewSettings new_settings(const CreateSpec& spec, const Settings& settings, std::int64_t query_id) {
  return {spec.name.bare,
          query_id,
          spec.is_private.value_or(false),
          spec.performance.value_or(settings.performance),
          spec.cron.value_or(""),
          spec.expires_at};
}

Result<Merged> merge_settings(const StoredView& stored, const CreateSpec& spec, const Settings& settings, Time now) {
  const Schedule none;
  const Schedule& old = stored.schedule ? *stored.schedule : none;
  const std::string old_cron = canonical(old.cron);
  Merged merged;
  ViewSettings& wanted = merged.settings;
  wanted.name = spec.name.bare;
  wanted.query_id = stored.query_id.value_or(0);
  if (!stored.is_private && !spec.is_private)
    return fail(ErrorCode::usage, "the service does not tell whether the view is private: say --private or --public");
  wanted.is_private = spec.is_private.value_or(stored.is_private.value_or(false));
  wanted.cron = spec.cron.value_or(old_cron);
  if (!wanted.cron.empty()) wanted.expires_at = spec.expires_at ? spec.expires_at : old.expires_at;
  if (spec.expires_at && wanted.cron.empty())
    return fail(Error(ErrorCode::usage, "--expires-at is when a schedule ends, and the view has none")
                    .with_hint("add one, as --schedule '0 */6 * * *'"));
  if (spec.cron && wanted.expires_at && *wanted.expires_at <= now)
    return fail(
        Error(ErrorCode::usage, fmt::format("the view's schedule ended on {}, and a new one would end there too",
                                            support::format_rfc3339(*wanted.expires_at)))
            .with_hint("give a new end with --expires-at"));
  wanted.performance = spec.performance.value_or(old.performance.empty() ? settings.performance : old.performance);

  const auto note = [&](bool differs, const char* what) {
    if (differs) merged.changes.emplace_back(what);
  };
  note(stored.is_private != std::optional(wanted.is_private), "privacy");
  note(wanted.cron != old_cron, "schedule");
  note(!wanted.cron.empty() && wanted.expires_at != old.expires_at, "end of the schedule");
  // Without a schedule the tier is not kept anywhere: it is that of the one run.
  note(spec.performance && !wanted.cron.empty() && *spec.performance != old.performance, "performance");
  return merged;
}

}  // namespace matview::providers::dune
