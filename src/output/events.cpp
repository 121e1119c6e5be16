#include "output/events.hpp"

#include "output/values.hpp"
#include "support/json.hpp"
#include "support/members.hpp"

namespace matview::output {

namespace {

constexpr auto k_progress_interval = std::chrono::seconds(1);

Value event(std::string_view kind) { return Value::Object{{"event", kind}}; }

}  // namespace

SteadyClock system_steady_clock() {
  return [] { return std::chrono::steady_clock::now(); };
}

Value progress_event(const Progress& progress) {
  Value document = event("progress");
  document.set("view", progress.view);
  document.set("step", support::text_or_null(progress.step));
  document.set("fraction", progress.fraction ? Value(*progress.fraction) : Value());
  document.set("rows", progress.rows ? Value(*progress.rows) : Value());
  return document;
}

EventWriter::EventWriter(Sink& sink, SteadyClock clock) : sink_(sink), clock_(std::move(clock)) {}

void EventWriter::emit(const Value& document) {
  const std::lock_guard lock(mutex_);
  if (write_error_) return;
  auto written = sink_.write(support::to_json(document) + "\n");
  // Flushed one by one: whoever reads along wants to see them when they happen.
  if (written) written = sink_.flush();
  if (!written) write_error_ = written.error();
}

void EventWriter::start(const std::string& operation, const std::string& view, const std::string& profile) {
  emit(Value::Object{
      {"event", "start"}, {"operation", operation}, {"view", view}, {"profile", support::text_or_null(profile)}});
}

void EventWriter::result(const Job& job) { result("job", to_value(job)); }

void EventWriter::result(const View& view) { result("view", to_value(view)); }

void EventWriter::result(const std::string& key, const Value& document) {
  emit(Value::Object{{"event", "result"}, {key, document}});
}

void EventWriter::error(const std::string& view, const Error& error) {
  emit(Value::Object{{"event", "error"},
                     {"view", support::text_or_null(view)},
                     {"error", to_value(error)},
                     {"profile", support::text_or_null(error.profile)}});
}

Result<void> EventWriter::summary(const Summary& summary) {
  const auto elapsed = summary.elapsed ? seconds_value(*summary.elapsed) : Value();
  emit(Value::Object{{"event", "summary"},
                     {"operation", summary.operation},
                     {"succeeded", summary.succeeded},
                     {"failed", summary.failed},
                     {"skipped", summary.skipped},
                     {"elapsed_seconds", elapsed},
                     {"exit_code", summary.exit_code}});
  const std::lock_guard lock(mutex_);
  if (write_error_) return fail(*write_error_);
  return {};
}

void EventWriter::progress(const Progress& progress) {
  {
    const std::lock_guard lock(mutex_);
    const auto now = clock_();
    const auto [last, first_time] = last_progress_.try_emplace(progress.view, now, progress.step);
    auto& [told, step] = last->second;
    if (!first_time && step == progress.step && now - told < k_progress_interval) return;
    told = now;
    step = progress.step;
  }
  emit(progress_event(progress));
}

void EventWriter::warning(std::string_view text) { emit(Value::Object{{"event", "warning"}, {"message", text}}); }

}  // namespace matview::output
