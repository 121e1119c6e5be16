#include "providers/local/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "providers/local/program_options.hpp"
#include "support/cron.hpp"
#include "support/duration.hpp"

namespace matview::providers {

namespace {

namespace fs = std::filesystem;

const std::string* last_value(const OptionValues& options, const std::string& name) {
  const auto found = options.find(name);
  return found == options.end() || found->second.empty() ? nullptr : &found->second.back();
}

Result<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1)
    return fail(ErrorCode::usage, fmt::format("'{}' is not a whole number above 0", text));
  return value;
}

/// DuckDB's own form of a size: a number and a unit.
Result<std::string> parse_memory(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  std::string unit(end, text.data() + text.size());
  while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
  for (auto& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  constexpr std::string_view k_units[] = {"KB", "MB", "GB", "TB", "KIB", "MIB", "GIB", "TIB"};
  const bool known = std::find(std::begin(k_units), std::end(k_units), unit) != std::end(k_units);
  if (error != std::errc() || amount <= 0 || !known)
    return fail(Error(ErrorCode::usage, fmt::format("'{}' is not an amount of memory", text))
                    .with_hint("write a number and a unit, as 512MB or 4GB"));
  return fmt::format("{}{}", std::string(text.data(), end), unit);
}

/// Bytes, or a number and a unit.
Result<std::int64_t> parse_size(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  std::string unit(end, text.data() + text.size());
  while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
  for (auto& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  constexpr std::pair<std::string_view, double> k_units[] = {
      {"", 1},      {"B", 1},        {"KB", 1e3},        {"MB", 1e6},           {"GB", 1e9},
      {"TB", 1e12}, {"KIB", 1024.0}, {"MIB", 1048576.0}, {"GIB", 1073741824.0}, {"TIB", 1099511627776.0}};
  const auto* const found =
      std::find_if(std::begin(k_units), std::end(k_units), [&](const auto& known) { return known.first == unit; });
  if (error != std::errc() || found == std::end(k_units) || !(amount >= 0) || amount * found->second > 9e18)
    return fail(Error(ErrorCode::usage, fmt::format("'{}' is not a size", text))
                    .with_hint("write bytes, or a number and a unit, as 64MiB"));
  return static_cast<std::int64_t>(amount * found->second);
}

Result<std::string> parse_keeping(std::string_view text) {
  for (const std::string_view known : {"link", "copy", "off"})
    if (text == known) return std::string(text);
  return fail(ErrorCode::usage, fmt::format("'{}' is none of link, copy, off", text));
}

/// A schedule as it is kept.
Result<std::string> parse_schedule(std::string_view text) {
  MATVIEW_ASSIGN(const auto cron, support::Cron::parse(text, support::CronDialect::crontab));
  return cron.text();
}

Result<Duration> parse_age(std::string_view text) { return support::parse_duration(text); }

/// The result of `parse`, its error told to be about `name`.
template <typename T>
Result<T> named(Result<T> (*parse)(std::string_view), std::string_view name, std::string_view text) {
  auto value = parse(text);
  if (!value) return fail(std::move(value).error().with_context(fmt::format("{}: ", name)));
  return value;
}

template <auto k_parse>
Result<void> check(std::string_view text) {
  MATVIEW_TRY(k_parse(text));
  return {};
}

/// "alias=path" with the path made absolute; what comes before a scheme ("ducklake:") stays.
Result<std::string> absolute_attachment(const std::string& text, const fs::path& base) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return fail(Error(ErrorCode::usage, fmt::format("--attach: '{}' is not of the form ALIAS=PATH", text))
                    .with_hint("as --attach shop=shop.duckdb, or --attach lake=ducklake:lake/catalog.sqlite"));
  constexpr std::string_view k_lake = "ducklake:";
  auto path = text.substr(equals + 1);
  std::string scheme;
  if (path.starts_with(k_lake)) {
    scheme = k_lake;
    path.erase(0, k_lake.size());
    if (path.starts_with("sqlite:")) path.erase(0, 7);
  }
  return fmt::format("{}={}{}", text.substr(0, equals), scheme, (base / path).lexically_normal().string());
}

/// Says how refreshes are done and what is kept of them, and not what the rows are.
bool keeps_rows(std::string_view name) {
  constexpr std::string_view k_names[] = {"refresh-mode",     "keep-sources",
                                          "retain",           "retain-for",
                                          "threads",          "memory-limit",
                                          "schedule",         "auto-refresh",
                                          "concurrency",      "intra-applier-concurrency",
                                          "source-task-size", "max-rows-per-fragment",
                                          "udtf-name",        "udtf-num-cpus",
                                          "udtf-memory",      "udtf-timeout",
                                          "udtf-max-output",  "udtf-batch",
                                          "udtf-no-batch"};
  return std::find(std::begin(k_names), std::end(k_names), name) != std::end(k_names);
}

OptionSpec option(std::string name, std::string value, std::string help, std::set<Operation> operations,
                  Result<void> (*check)(std::string_view) = nullptr) {
  OptionSpec spec;
  spec.check = check;
  spec.name = std::move(name);
  spec.value = std::move(value);
  spec.help = std::move(help);
  spec.operations = std::move(operations);
  return spec;
}

}  // namespace

std::vector<OptionSpec> local_options() {
  using enum Operation;
  auto attach = option("attach", "ALIAS=PATH",
                       "Read tables of a DuckDB file, or of a DuckLake (ALIAS=ducklake:CATALOG), under this name",
                       {create, query, explain});
  attach.repeatable = true;
  auto mode = option("refresh-mode", "MODE", "How refreshes are done (default auto)", {create, explain});
  mode.choices = {"auto", "incremental", "strict", "full"};
  auto keep =
      option("keep-sources", "HOW", "How files that are read are kept to tell their old rows (default link)", {create});
  keep.choices = {"link", "copy", "off"};
  std::vector<OptionSpec> options{
      std::move(attach),
      option("base-dir", "DIR", "Directory from which relative paths of the query count", {create, query, explain}),
      std::move(mode),
      std::move(keep),
      option("retain", "N", "Keep at most N versions (default 10)", {create}, check<parse_count>),
      option("retain-for", "DURATION", "Keep no version that was superseded longer ago than this", {create},
             check<parse_age>),
      option("timezone", "ZONE", "Time zone of the query and of the schedule (default UTC)", {create, explain}),
      option("schedule", "CRON", "When refresh --due is to refresh it: five fields as in crontab, or @daily", {create},
             check<parse_schedule>),
      option("auto-refresh", "", "Let refresh --auto refresh it when its sources have changed enough", {create}),
      option("threads", "N", "Threads to use (default: up to all)", {create, refresh, query, verify, explain},
             check<parse_count>),
      option("memory-limit", "SIZE", "Memory to use before spilling, as 4GB (default: 70 % of the machine)",
             {create, refresh, query, verify, explain}, check<parse_memory>),
  };
  for (auto& spec : program_options()) options.push_back(std::move(spec));
  for (auto& spec : options) spec.keeps_rows = keeps_rows(spec.name);
  return options;
}

Result<LocalSettings> read_settings(const ProviderContext& context) {
  LocalSettings settings;
  for (const auto& [key, value] : context.settings) {
    if (key == "store") settings.store = value;
    if (key == "timezone") settings.time_zone = value;
    if (key == "memory_limit") {
      MATVIEW_ASSIGN(settings.database.memory_limit, named(parse_memory, key, value));
    }
    if (key == "threads") {
      MATVIEW_ASSIGN(settings.database.threads, named(parse_count, key, value));
    }
    if (key == "retain") {
      MATVIEW_ASSIGN(settings.retention.versions, named(parse_count, key, value));
    }
    if (key == "keep_sources") {
      MATVIEW_ASSIGN(settings.keep_sources, named(parse_keeping, key, value));
    }
    if (key == "keep_sources_limit") {
      MATVIEW_ASSIGN(settings.keep_sources_limit, named(parse_size, key, value));
    }
    if (key == "retain_for") {
      MATVIEW_ASSIGN(settings.retention.max_age, named(parse_age, key, value));
    }
    if (key == "auto_refresh.min_changed_files") {
      MATVIEW_ASSIGN(settings.auto_refresh.min_changed_files, named(parse_count, key, value));
    }
    if (key == "auto_refresh.min_changed_bytes") {
      MATVIEW_ASSIGN(settings.auto_refresh.min_changed_bytes, named(parse_size, key, value));
    }
    if (key == "auto_refresh.cooldown") {
      MATVIEW_ASSIGN(settings.auto_refresh.cooldown, named(parse_age, key, value));
    }
  }
  if (settings.store.empty())
    return fail(Error(ErrorCode::usage, fmt::format("profile '{}' has no store", context.profile))
                    .with_hint("set MATVIEW_STORE, HOME, or the key store of the profile"));
  return settings;
}

Result<engine::DatabaseOptions> read_database_options(const LocalSettings& settings, const OptionValues& options) {
  auto database = settings.database;
  if (const auto* threads = last_value(options, "threads")) {
    MATVIEW_ASSIGN(database.threads, named(parse_count, "--threads", *threads));
  }
  if (const auto* memory = last_value(options, "memory-limit")) {
    MATVIEW_ASSIGN(database.memory_limit, named(parse_memory, "--memory-limit", *memory));
  }
  return database;
}

Result<engine::ViewDefinition> read_definition(const CreateRequest& request, const LocalSettings& settings,
                                               const fs::path& working_directory) {
  engine::ViewDefinition definition;
  definition.name = request.name;
  definition.kind = request.kind;
  definition.sql = request.query;
  definition.tags = request.tags;
  definition.retention = settings.retention;
  definition.time_zone = settings.time_zone;
  definition.keep_sources = settings.keep_sources;
  const auto& options = request.options;
  fs::path base = working_directory;
  if (const auto* directory = last_value(options, "base-dir")) {
    base = working_directory / *directory;
    std::error_code error;
    if (!fs::is_directory(base, error))
      return fail(ErrorCode::usage, fmt::format("--base-dir: '{}' is not a directory", *directory));
  }
  definition.base_dir = base.lexically_normal().string();
  if (const auto found = options.find("attach"); found != options.end())
    for (const auto& text : found->second) {
      MATVIEW_ASSIGN(auto attachment, absolute_attachment(text, working_directory));
      definition.attachments.push_back(std::move(attachment));
    }
  if (const auto* mode = last_value(options, "refresh-mode")) definition.refresh_mode = *mode;
  if (const auto* keep = last_value(options, "keep-sources")) definition.keep_sources = *keep;
  if (const auto* zone = last_value(options, "timezone")) definition.time_zone = *zone;
  if (const auto* schedule = last_value(options, "schedule")) {
    MATVIEW_ASSIGN(definition.schedule, named(parse_schedule, "--schedule", *schedule));
  }
  definition.auto_refresh = options.contains("auto-refresh");
  if (const auto* versions = last_value(options, "retain")) {
    MATVIEW_ASSIGN(definition.retention.versions, named(parse_count, "--retain", *versions));
  }
  if (const auto* age = last_value(options, "retain-for")) {
    MATVIEW_ASSIGN(definition.retention.max_age, named(parse_age, "--retain-for", *age));
  }
  return definition;
}

}  // namespace matview::providers
