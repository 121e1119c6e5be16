#include "providers/external/requests.hpp"

#include <algorithm>
#include <chrono>

#include "support/members.hpp"

namespace matview::providers::external {

namespace {

Value options_value(const OptionValues& options) {
  Value::Object object;
  for (const auto& [name, values] : options) object.emplace_back(name, support::array_of(values));
  return object;
}

Value seconds(std::chrono::duration<double> length) { return length.count(); }

Value value_or_null(const std::optional<std::int64_t>& number) { return number ? Value(*number) : Value(); }

}  // namespace

Value open_message(const std::string& profile, const std::map<std::string, std::string>& settings,
                   const std::map<std::string, Secret>& secrets) {
  Value::Object given;
  for (const auto& [key, value] : settings)
    if (key != "start_timeout") given.emplace_back(key, value);
  Value::Object kept;
  for (const auto& [key, secret] : secrets) kept.emplace_back(key, secret.reveal());
  return Value::Object{{"type", "open"}, {"profile", profile}, {"settings", given}, {"secrets", kept}};
}

Value request_message(std::int64_t id, std::string_view operation, std::int64_t run, bool dry_run, Value arguments,
                      const Control& control) {
  Value left;
  if (control.deadline) {
    const std::chrono::duration<double> rest = *control.deadline - std::chrono::steady_clock::now();
    left = seconds(std::max(rest, std::chrono::duration<double>::zero()));
  }
  return Value::Object{{"type", "request"},
                       {"id", id},
                       {"operation", operation},
                       {"run", run},
                       {"dry_run", dry_run},
                       {"seconds_left", left},
                       {"arguments", std::move(arguments)}};
}

Value cancel_message(std::int64_t id, std::string_view reason) {
  return Value::Object{{"type", "cancel"}, {"id", id}, {"reason", reason}};
}

Value to_arguments(const CreateRequest& request) {
  return Value::Object{{"name", request.name},
                       {"query", request.query},
                       {"kind", request.kind},
                       {"with_data", request.with_data},
                       {"no_data", request.no_data},
                       {"if_not_exists", request.if_not_exists},
                       {"replace", request.replace},
                       {"tags", support::array_of(request.tags)},
                       {"options", options_value(request.options)}};
}

Value to_arguments(const RefreshRequest& request, const std::string& key) {
  return Value::Object{{"name", request.name},
                       {"full", request.full},
                       {"force", request.force},
                       {"unattended", request.unattended},
                       {"lock_timeout_seconds", seconds(request.lock_timeout)},
                       {"key", support::text_or_null(key)},
                       {"options", options_value(request.options)}};
}

Value to_arguments(const ListRequest& request) {
  return Value::Object{{"freshness", request.freshness},
                       {"details", request.details},
                       {"auto_refresh", request.auto_refresh},
                       {"options", options_value(request.options)}};
}

Value to_arguments(const DescribeRequest& request) {
  return Value::Object{
      {"name", request.name}, {"versions", request.versions}, {"options", options_value(request.options)}};
}

Value to_arguments(const DropRequest& request) {
  return Value::Object{
      {"name", request.name}, {"if_exists", request.if_exists}, {"options", options_value(request.options)}};
}

Value to_arguments(const HistoryRequest& request) {
  return Value::Object{{"name", request.name}, {"limit", request.limit}, {"options", options_value(request.options)}};
}

Value to_arguments(const QueryRequest& request) {
  return Value::Object{{"sql", request.sql},
                       {"version", value_or_null(request.version)},
                       {"json", request.json},
                       {"options", options_value(request.options)}};
}

Value to_arguments(const VerifyRequest& request) {
  return Value::Object{
      {"name", request.name}, {"samples", request.samples}, {"options", options_value(request.options)}};
}

Value to_arguments(const ExplainRequest& request) {
  return Value::Object{{"name", request.name},
                       {"definition", request.definition ? to_arguments(*request.definition) : Value()},
                       {"options", options_value(request.options)}};
}

Value to_arguments(const GcRequest& request) {
  return Value::Object{{"dry_run", request.dry_run},
                       {"grace_seconds", request.grace ? seconds(*request.grace) : Value()}};
}

}  // namespace matview::providers::external
