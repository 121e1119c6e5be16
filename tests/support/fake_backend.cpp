#include "support/fake_backend.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <regex>
#include <stdexcept>
#include <utility>

namespace matview::test {

namespace {

constexpr std::chrono::seconds k_patience{30};

[[noreturn]] void failed(const std::string& what) { throw std::runtime_error("fake backend: " + what); }

/// What the environment says, else what the build found.
std::string place(const char* variable, const char* built) {
  const char* value = std::getenv(variable);
  return value ? value : built;
}

std::string text(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

RecordedRequest to_request(const Json& line) {
  if (const auto crash = text(line, "crash"); !crash.empty()) failed(crash);
  RecordedRequest request;
  request.listener = text(line, "listener");
  request.malformed = text(line, "malformed");
  if (!request.malformed.empty()) return request;
  request.method = text(line, "method");
  request.path = text(line, "path");
  request.query = text(line, "query");
  request.headers = line.at("headers").get<std::map<std::string, std::string>>();
  request.body = text(line, "body");
  if (line.at("status").is_number()) request.status = line.at("status").get<int>();
  request.fault = text(line, "fault");
  request.under_way = line.at("under_way").get<int>();
  return request;
}

}  // namespace

std::string RecordedRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

FakeBackend::FakeBackend(std::string backend, Json options)
    : backend_(std::move(backend)), options_(std::move(options)) {
  ::signal(SIGPIPE, SIG_IGN);  // one that has died is an error here, not our end
  const std::vector<std::string> words = {place("MATVIEW_NODE", MATVIEW_NODE),
                                          place("MATVIEW_FAKE", MATVIEW_FAKE),
                                          "--backend",
                                          backend_,
                                          "--log",
                                          directory_.write("log", "").string(),
                                          "--options",
                                          options_.dump()};
  std::vector<const char*> arguments;
  for (const auto& word : words) arguments.push_back(word.c_str());
  arguments.push_back(nullptr);
  const std::array<const char*, 2> environment = {"TZ=UTC", nullptr};

  std::array<int, 2> input{};
  std::array<int, 2> output{};
  if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) failed("pipe2 failed");
  pid_ = ::fork();
  if (pid_ < 0) failed("fork failed");
  if (pid_ == 0) {
    // Ctrl-C at the test's terminal is for the test: this ends when its stdin does.
    ::setpgid(0, 0);
    if (::dup2(input[0], 0) == 0 && ::dup2(output[1], 1) == 1)
      ::execve(arguments[0], const_cast<char**>(arguments.data()), const_cast<char**>(environment.data()));
    ::_exit(126);
  }
  ::close(input[0]);
  ::close(output[1]);
  in_ = input[1];
  out_ = output[0];

  try {
    const auto hello = parse_json(read_line());
    port_ = hello.at("port").get<int>();
    other_port_ = hello.at("other_port").get<int>();
  } catch (...) {
    stop();
    throw;
  }
}

FakeBackend::~FakeBackend() { stop(); }

void FakeBackend::stop() {
  if (pid_ <= 0) return;
  ::close(in_);
  int status = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      break;
    }
    ::usleep(1000);
  }
  ::close(out_);
  pid_ = -1;
}

std::string FakeBackend::read_line() {
  const auto deadline = std::chrono::steady_clock::now() + k_patience;
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      auto line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) failed(backend_ + " does not answer");
    pollfd polled{out_, POLLIN, 0};
    ::poll(&polled, 1, static_cast<int>(left.count()));
    std::array<char, 4096> buffer;
    if (polled.revents == 0) continue;
    const auto got = ::read(out_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) failed(backend_ + " has ended; its reason stands on stderr");
    pending_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Json FakeBackend::ask(const Json& command) {
  if (pid_ <= 0) failed(backend_ + " was stopped");
  const auto line = command.dump() + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const auto count = ::write(in_, line.data() + sent, line.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) failed(backend_ + " has ended");
    sent += static_cast<std::size_t>(count);
  }
  const auto answer = parse_json(read_line());
  if (const auto error = text(answer, "error"); !error.empty()) failed(error);
  return answer.at("result");
}

void FakeBackend::fault(const Json& fault) { ask({{"fault", fault}}); }

void FakeBackend::clear_faults() { ask({{"clear", true}}); }

void FakeBackend::restart() {
  ask({{"restart", options_}});
  forget();
}

Json FakeBackend::command(const Json& command) { return ask({{"backend", command}}); }

std::vector<RecordedRequest> FakeBackend::requests() const {
  std::vector<RecordedRequest> requests;
  for (const auto& line : parse_json_lines(read_file(directory_.path() / "log"))) requests.push_back(to_request(line));
  return requests;
}

std::vector<RecordedRequest> FakeBackend::requests(std::string_view method, const std::string& path) const {
  const std::regex pattern(path);
  std::vector<RecordedRequest> matching;
  for (auto& request : requests()) {
    if (request.listener != "main" || (!method.empty() && request.method != method)) continue;
    if (std::regex_match(request.path, pattern)) matching.push_back(std::move(request));
  }
  return matching;
}

void FakeBackend::forget() const { directory_.write("log", ""); }

}  // namespace matview::test
