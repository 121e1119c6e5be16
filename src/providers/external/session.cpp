#include "providers/external/session.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "matview/secret.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::external {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long what no descriptor announces (the end of the program, a signal to us) may go unnoticed.
constexpr int k_tick_ms = 20;
constexpr std::size_t k_error_tail = 8 << 10;
constexpr milliseconds k_time_to_end{2000};   // after the end of its input
constexpr milliseconds k_time_to_obey{1000};  // after SIGTERM

/// MATVIEW_PROFILES_DUNE_API_KEY and the like are for us.
std::vector<std::string> variables_for(const Environment& environment) {
  auto variables = support::variables_of(environment);
  std::erase_if(variables, [](const std::string& text) { return text.starts_with("MATVIEW_"); });
  return variables;
}

/// The last lines of a program's stderr, safe for a terminal, each marked as a quotation.
std::string quotation(std::string_view text) {
  const std::string clean = support::strip_control(text, support::Newlines::keep);
  std::string quoted;
  std::string_view rest = clean;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    quoted += fmt::format("{}  | {}", quoted.empty() ? "" : "\n", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return quoted;
}

}  // namespace

std::optional<ErrorCode> Limits::over() const {
  if (const int signal = stop == nullptr ? 0 : stop->load(); signal != 0)
    return signal == SIGTERM ? ErrorCode::terminated : ErrorCode::interrupted;
  if (deadline && Clock::now() >= *deadline) return ErrorCode::timeout;
  return std::nullopt;
}

Session::Session(std::filesystem::path program, std::unique_ptr<support::ChildProcess> child)
    : program_(std::move(program)), child_(std::move(child)) {}

Session::~Session() {
  wipe(outgoing_);
  child_->input.reset();
  if (!broken_ && wait_for_end(k_time_to_end)) return;
  end();
}

Result<std::unique_ptr<Session>> Session::start(const std::filesystem::path& program, const Environment& environment) {
  MATVIEW_ASSIGN(auto child,
                 support::ChildProcess::start(
                     {program, {program.string()}, variables_for(environment), environment.working_directory(), true}));
  return std::unique_ptr<Session>(new Session(program, std::move(child)));
}

void Session::send(const Value& message) {
  if (all_written()) {
    // It may have held secrets.
    wipe(outgoing_);
    written_ = 0;
  }
  outgoing_ += support::to_json(message);
  outgoing_ += '\n';
}

Result<std::optional<Value>> Session::receive(const Limits& limits) {
  while (true) {
    // First what was written before the end.
    const bool ended = child_->ended();
    support::drain(child_->output, incoming_);
    read_errors();
    MATVIEW_ASSIGN(auto message, next_line());
    if (message) return message;
    if (ended || !child_->output.open()) {
      if (!ended) wait_for_end(k_time_to_obey);
      for (std::size_t before = errors_.size() + 1; before != errors_.size();) {
        before = errors_.size();
        read_errors();
      }
      return fail(broken(incoming_.empty() ? how_it_ended() : how_it_ended() + " in the middle of a line"));
    }
    if (limits.over()) return std::optional<Value>();
    write_some();
    std::array<pollfd, 3> ends{{{child_->output.get(), POLLIN, 0},
                                {child_->error.get(), POLLIN, 0},
                                {all_written() ? -1 : child_->input.get(), POLLOUT, 0}}};
    ::poll(ends.data(), ends.size(), k_tick_ms);
  }
}

Result<std::optional<Value>> Session::next_line() {
  const auto end = incoming_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = incoming_.size();
    if (incoming_.size() > k_longest_line)
      return fail(broken(fmt::format("wrote a line of more than {} bytes", k_longest_line)));
    return std::optional<Value>();
  }
  const std::string line = incoming_.substr(0, end);
  incoming_.erase(0, end + 1);
  searched_ = 0;
  auto message = support::parse_json(line);
  if (message && message->if_object() != nullptr) return std::optional(*std::move(message));
  const std::string shown = support::truncate(support::strip_control(line.substr(0, 400)), 60);
  if (!message)
    return fail(broken(fmt::format("wrote a line that is no JSON ({}): {}", message.error().message, shown)));
  return fail(broken(fmt::format("wrote a line that is no JSON object: {}", shown)));
}

void Session::write_some() {
  while (!all_written()) {
    const auto count = ::write(child_->input.get(), outgoing_.data() + written_, outgoing_.size() - written_);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // full: the reading end is ours too
    written_ += static_cast<std::size_t>(count);
  }
}

void Session::read_errors() {
  support::drain(child_->error, errors_);
  if (errors_.size() > k_error_tail) errors_.erase(0, errors_.size() - k_error_tail);
}

bool Session::usable() {
  return !broken_ && child_->output.open() && incoming_.empty() && all_written() && !child_->ended();
}

bool Session::wait_for_end(milliseconds length) {
  const auto until = Clock::now() + length;
  while (!child_->ended()) {
    if (Clock::now() >= until) return false;
    // Whoever is stuck in writing does not end.
    std::string ignored;
    support::drain(child_->output, ignored);
    read_errors();
    std::array<pollfd, 1> none{{{child_->output.get(), POLLIN, 0}}};
    ::poll(none.data(), none.size(), child_->output.open() ? 2 : 0);
    if (!child_->output.open()) std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

void Session::end() {
  broken_ = true;
  child_->signal(SIGTERM);
  if (!wait_for_end(k_time_to_obey)) child_->kill();
}

std::string Session::how_it_ended() const {
  if (child_->lost()) return "ended";
  const int status = child_->status();
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

Error Session::broken(std::string_view what) {
  broken_ = true;
  read_errors();
  Error error(ErrorCode::failed, fmt::format("'{}' {}", program_.filename().string(), what));
  if (!errors_.empty()) error.detail = fmt::format("its messages:\n{}", quotation(errors_));
  error.hint = fmt::format("it is {}; matview-provider(7) says what is expected of it", program_.string());
  return error;
}

}  // namespace matview::providers::external
