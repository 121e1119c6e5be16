#include "providers/external/exchange.hpp"

#include <fmt/format.h>

#include <tuple>

#include "providers/external/documents.hpp"
#include "providers/external/greeting.hpp"
#include "providers/external/reader.hpp"
#include "providers/external/requests.hpp"
#include "support/text.hpp"

namespace matview::providers::external {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds k_time_to_stop{2000};

std::string_view word_of(ErrorCode why) {
  if (why == ErrorCode::timeout) return "timeout";
  return why == ErrorCode::terminated ? "terminated" : "interrupted";
}

std::string why_stopped(ErrorCode why) {
  return why == ErrorCode::timeout ? "the time limit was reached" : "it was stopped";
}

bool changes_something(std::string_view operation) {
  for (const std::string_view word : {"create", "refresh", "drop", "gc", "cancel", "suspend", "resume"})
    if (operation == word) return true;
  return false;
}

}  // namespace

Exchange::Exchange(Session& session, std::int64_t id, std::string_view operation, std::int64_t run, bool dry_run,
                   Value arguments, const Control& control)
    : session_(session), id_(id), operation_(operation), changes_(!dry_run && changes_something(operation)) {
  session_.send(request_message(id, operation, run, dry_run, std::move(arguments), control));
}

Result<Value> Exchange::next(Control& control) {
  const Limits limits{control.deadline, &control.stop};
  while (true) {
    auto message = session_.receive(limits);
    if (!message) return fail(lost(std::move(message).error().with_context(fmt::format("{}: ", operation_))));
    if (!*message) return stopped(*limits.over(), control.observer);
    MATVIEW_ASSIGN(auto taken, take(**message, control.observer));
    if (taken) return *std::move(taken);
  }
}

Result<std::optional<Value>> Exchange::take(const Value& message, Observer& observer) {
  const auto nonsense = [&](std::string_view what) {
    over_ = true;
    return fail(
        lost(session_.broken(fmt::format("answered '{}' with what cannot be understood: {}", operation_, what))));
  };
  Reader reader(message, "a message");
  const std::string type = reader.needed_text("type");
  const auto id = reader.integer("id");
  if (!id || *id != id_) reader.wrong("id", fmt::format("it is not that of the request, {}", id_));
  if (type == "progress") {
    Progress progress{reader.text("view"), support::strip_control(reader.text("step")), reader.real("fraction"),
                      reader.integer("rows")};
    const auto told = reader.finish(std::move(progress));
    if (!told) return nonsense(told.error().message);
    observer.progress(*told);
    return std::optional<Value>();
  }
  if (type == "warning") {
    const std::string text = reader.needed_text("message");
    if (auto fine = reader.finish(true); !fine) return nonsense(fine.error().message);
    observer.warning(support::strip_control(text));
    return std::optional<Value>();
  }
  if (auto fine = reader.finish(true); !fine) return nonsense(fine.error().message);
  if (type == "columns" || type == "rows") return std::optional(message);
  over_ = true;
  if (type == "result") return std::optional(message);
  if (type != "error") return nonsense(fmt::format("there is no type '{}'", support::strip_control(type)));
  auto error = read_error(message.at("error"));
  if (!error) return nonsense(error.error().message);
  return fail(*std::move(error));
}

Result<Value> Exchange::stopped(ErrorCode why, Observer& observer) {
  session_.send(cancel_message(id_, word_of(why)));
  const Limits limits{Clock::now() + k_time_to_stop, nullptr};
  while (true) {
    auto message = session_.receive(limits);
    if (!message || !*message) break;
    auto taken = take(**message, observer);
    // It was done after all, or it stopped: whatever it says of that, the reason is ours.
    if (taken && *taken && (**taken).at("type") == Value("result")) return **std::move(taken);
    if (!taken) {
      Error error(why, why_stopped(why));
      if (taken.error().code != why) error.detail = taken.error().message;
      error.unanswered = taken.error().unanswered;
      return fail(std::move(error));
    }
  }
  session_.end();
  over_ = true;
  auto error = session_.broken("did not stop when it was asked to, and was ended");
  error.message = fmt::format("{}; {}", why_stopped(why), error.message);
  error.code = why;
  return fail(lost(std::move(error)));
}

void Exchange::abandon(std::string_view reason) {
  if (over_) return;
  session_.send(cancel_message(id_, reason));
  const Limits limits{Clock::now() + k_time_to_stop, nullptr};
  Observer deaf;
  while (!over_) {
    auto message = session_.receive(limits);
    if (!message) return;
    if (!*message) return session_.end();
    std::ignore = take(**message, deaf);
  }
}

Error Exchange::lost(Error error) const {
  error.unanswered = changes_ && session_.all_written();
  return error;
}

}  // namespace matview::providers::external
