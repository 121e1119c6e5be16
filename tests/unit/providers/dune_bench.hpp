#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "matview/provider.hpp"
#include "providers/dune/dune_provider.hpp"
#include "support/fake_environment.hpp"
#include "support/json.hpp"

namespace matview::test {

/// A job log in memory.
class MemoryLog final : public JobLog {
 public:
  std::vector<JobRecord> written;  ///< every write, in order
  std::map<std::string, std::string, std::less<>> cache;

  Result<void> put(const JobRecord& record) override {
    written.push_back(record);
    return {};
  }
  Result<std::optional<JobRecord>> find(std::string_view id) override {
    for (auto record = written.rbegin(); record != written.rend(); ++record)
      if (record->key == id || record->job.id == id) return std::optional(*record);
    return std::optional<JobRecord>();
  }
  Result<std::vector<JobRecord>> records(std::string_view, std::string_view, std::int64_t) override { return written; }
  std::optional<std::string> recall(std::string_view, std::string_view key) override {
    const auto found = cache.find(key);
    return found == cache.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(std::string_view, std::string_view key, std::string_view value) override {
    cache.insert_or_assign(std::string(key), std::string(value));
  }
};

struct DuneSecrets final : Secrets {
  bool has(std::string_view key) const override { return key == "api_key"; }
  Result<Secret> get(std::string_view key, Control&) override {
    if (key != "api_key") return fail(ErrorCode::auth, "no such secret");
    return Secret("k3y-of-the-tests");
  }
  void protect(const Secret&) override {}
};

/// Answers as the test says, by method and path below /api; what was not foreseen is an error of the transport.
class DuneTransport final : public Transport {
 public:
  /// The answers to requests like "GET v1/x", one after the other; the last one stays.
  void answer(const std::string& what, int status, std::string body, HttpHeaders headers = {}) {
    answers_[what].push_back(HttpResponse{status, std::move(headers), std::move(body)});
  }
  void answer(const std::string& what, Error error) { answers_[what].push_back(fail(std::move(error))); }

  Result<HttpResponse> send(const HttpRequest& request, Control& control) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    if (control.stop.load() != 0) return fail(ErrorCode::interrupted, "stopped");
    const auto api = request.url.find("/api/");
    const auto path = request.url.substr(api + 5, request.url.find('?') - api - 5);
    const auto found = answers_.find(request.method + " " + path);
    if (found == answers_.end() || found->second.empty())
      return fail(ErrorCode::internal, "not foreseen: " + request.method + " " + path);
    auto answer = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return answer;
  }

  /// "GET v1/x" for each request, in order.
  std::vector<std::string> sent() const {
    std::vector<std::string> lines;
    for (const auto& request : requests) {
      const auto api = request.url.find("/api/");
      lines.push_back(request.method + " " + request.url.substr(api + 5));
    }
    return lines;
  }

  std::vector<HttpRequest> requests;

 private:
  std::mutex mutex_;
  std::map<std::string, std::deque<Result<HttpResponse>>> answers_;
};

/// The provider over a scripted service, in January 2026.
struct DuneBench final : Observer {
  FakeEnvironment environment;
  MemoryLog log;
  DuneSecrets secrets;
  DuneTransport transport;
  std::vector<std::string> warnings;
  std::mutex mutex;
  std::atomic<int> stop{0};
  Control control{*this, stop, std::nullopt};
  std::unique_ptr<Provider> provider;

  explicit DuneBench(std::map<std::string, std::string> settings = {{"owner", "acme"}}) {
    settings.emplace("poll_interval", "1ms");
    ProviderContext context{"dune", std::move(settings), environment, &secrets, &transport, &log};
    provider = providers::dune::open(context).value();
  }

  void warning(std::string_view text) override {
    const std::lock_guard lock(mutex);
    warnings.emplace_back(text);
  }

  void answer(const std::string& what, int status, std::string body, HttpHeaders headers = {}) {
    transport.answer(what, status, std::move(body), std::move(headers));
  }
};

inline Error lost_answer() {
  Error error(ErrorCode::unavailable, "the connection was lost");
  error.unanswered = true;
  return error;
}

inline Value body_of(const HttpRequest& request) { return support::parse_json(request.body.value_or("null")).value(); }

}  // namespace matview::test
