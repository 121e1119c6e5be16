#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "matview/http.hpp"
#include "matview/job_log.hpp"
#include "matview/provider.hpp"
#include "support/fake_environment.hpp"

namespace matview::test::thoughtspot {

/// Answers each request from a script: the next of the answers for the first key (a part of "METHOD url") that fits;
/// the last one goes on for ever. A request that none fits is an error of the test.
class ScriptedTransport final : public Transport {
 public:
  ScriptedTransport& on(std::string key, std::vector<Result<HttpResponse>> answers) {
    script_.push_back({std::move(key), {answers.begin(), answers.end()}});
    return *this;
  }
  ScriptedTransport& on(std::string key, HttpResponse answer) {
    return on(std::move(key), std::vector<Result<HttpResponse>>{std::move(answer)});
  }

  Result<HttpResponse> send(const HttpRequest& request, Control& control) override {
    requests.push_back(request);
    stops.push_back(control.stop.load());
    const auto line = request.method + " " + request.url;
    for (auto& [key, answers] : script_) {
      if (line.find(key) == std::string::npos) continue;
      auto answer = answers.front();
      if (answers.size() > 1) answers.pop_front();
      return answer;
    }
    return fail(ErrorCode::internal, "unexpected request: " + line);
  }

  /// "POST session/login", …: method and what follows the base of either interface, without a query.
  std::vector<std::string> sent() const {
    std::vector<std::string> lines;
    for (const auto& request : requests) {
      std::string url = request.url.substr(0, request.url.find('?'));
      for (const std::string base : {"/callosum/v1/tspublic/v1/", "/api/rest/2.0/"})
        if (const auto at = url.find(base); at != std::string::npos)
          url = (base.starts_with("/api") ? "v2:" : "") + url.substr(at + base.size());
      lines.push_back(request.method + " " + url);
    }
    return lines;
  }

  std::vector<HttpRequest> requests;
  std::vector<int> stops;  ///< what the control of each said

 private:
  std::vector<std::pair<std::string, std::deque<Result<HttpResponse>>>> script_;
};

class FakeSecrets final : public Secrets {
 public:
  explicit FakeSecrets(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  bool has(std::string_view key) const override { return values_.contains(std::string(key)); }
  Result<Secret> get(std::string_view key, Control&) override {
    const auto found = values_.find(std::string(key));
    if (found == values_.end()) return fail(ErrorCode::auth, "there is no " + std::string(key));
    return Secret(std::string(found->second));
  }
  void protect(const Secret& secret) override { protected_values.push_back(secret.reveal()); }

  std::vector<std::string> protected_values;

 private:
  std::map<std::string, std::string> values_;
};

class FakeJobLog final : public JobLog {
 public:
  Result<void> put(const JobRecord& record) override {
    states.push_back(record.job.state);
    std::erase_if(kept, [&](const JobRecord& earlier) { return earlier.key == record.key; });
    kept.insert(kept.begin(), record);
    return {};
  }
  Result<std::optional<JobRecord>> find(std::string_view id) override {
    for (const auto& record : kept)
      if (record.key == id || record.job.id == id) return std::optional(record);
    return std::optional<JobRecord>();
  }
  Result<std::vector<JobRecord>> records(std::string_view profile, std::string_view view, std::int64_t limit) override {
    std::vector<JobRecord> found;
    for (const auto& record : kept)
      if (record.job.profile == profile && (view.empty() || record.job.view == view) &&
          static_cast<std::int64_t>(found.size()) < limit)
        found.push_back(record);
    return found;
  }
  std::optional<std::string> recall(std::string_view, std::string_view) override { return std::nullopt; }
  void remember(std::string_view, std::string_view, std::string_view) override {}

  std::vector<JobRecord> kept;  ///< newest first
  std::vector<JobState> states;
};

/// Hears warnings; stops when told.
class Listener final : public Observer {
 public:
  void warning(std::string_view text) override { warnings.emplace_back(text); }
  std::vector<std::string> warnings;
  std::atomic<int> stop{0};
  Control control{*this, stop, std::nullopt};
};

inline HttpResponse json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

inline HttpResponse cookies_answer(int status = 204, const std::string& session = "session-one") {
  HttpResponse response{status, {}, {}};
  response.headers.add("Set-Cookie", "JSESSIONID=" + session + "; Path=/; HttpOnly");
  response.headers.add("Set-Cookie", "clientId=client-one; Path=/; Secure; HttpOnly");
  return response;
}

inline Error lost_answer() {
  Error error(ErrorCode::unavailable, "the connection was lost");
  error.unanswered = true;
  return error;
}

}  // namespace matview::test::thoughtspot
