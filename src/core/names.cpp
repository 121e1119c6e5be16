#include <array>
#include <utility>

#include "matview/job.hpp"
#include "matview/provider.hpp"
#include "matview/view.hpp"

namespace matview {

namespace {

constexpr std::array<std::pair<JobState, std::string_view>, 8> k_job_states{{
    {JobState::pending, "pending"},
    {JobState::running, "running"},
    {JobState::succeeded, "succeeded"},
    {JobState::failed, "failed"},
    {JobState::cancelled, "cancelled"},
    {JobState::skipped, "skipped"},
    {JobState::submitted, "submitted"},
    {JobState::unknown, "unknown"},
}};

}  // namespace

std::string_view to_string(JobState state) {
  for (const auto& [candidate, name] : k_job_states)
    if (candidate == state) return name;
  return "unknown";
}

std::optional<JobState> job_state_from(std::string_view text) {
  for (const auto& [state, name] : k_job_states)
    if (name == text) return state;
  return std::nullopt;
}

bool is_terminal(JobState state) { return state != JobState::pending && state != JobState::running; }

std::string_view to_string(Freshness freshness) {
  switch (freshness) {
    case Freshness::fresh: return "fresh";
    case Freshness::stale: return "stale";
    case Freshness::empty: return "empty";
    case Freshness::unknown: break;
  }
  return "unknown";
}

std::string_view to_string(ViewState state) {
  switch (state) {
    case ViewState::idle: return "idle";
    case ViewState::refreshing: return "refreshing";
    case ViewState::error: break;
  }
  return "error";
}

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::create: return "create";
    case Operation::refresh: return "refresh";
    case Operation::list: return "list";
    case Operation::describe: return "show";
    case Operation::drop: return "drop";
    case Operation::query: return "query";
    case Operation::history: return "history";
    case Operation::verify: return "verify";
    case Operation::explain: return "explain";
    case Operation::gc: return "gc";
    case Operation::job: return "status --job";
    case Operation::wait: return "wait";
    case Operation::cancel: return "cancel";
    case Operation::doctor: return "doctor";
    case Operation::definition: return "definition";
    case Operation::suspend: break;
  }
  return "suspend";
}

}  // namespace matview
