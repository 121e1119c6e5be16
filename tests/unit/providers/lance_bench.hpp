#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../../support/json.hpp"
#include "matview/provider.hpp"
#include "providers/lance/lance_provider.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace lance_test {

using matview::test::Json;
using matview::test::parse_json;

/// A job log in memory.
class Log final : public matview::JobLog {
 public:
  std::vector<matview::JobRecord> written;  ///< every write, in order

  matview::Result<void> put(const matview::JobRecord& record) override {
    written.push_back(record);
    return {};
  }
  matview::Result<std::optional<matview::JobRecord>> find(std::string_view id) override {
    for (auto record = written.rbegin(); record != written.rend(); ++record)
      if (record->key == id || record->job.id == id) return std::optional(*record);
    return std::optional<matview::JobRecord>();
  }
  matview::Result<std::vector<matview::JobRecord>> records(std::string_view, std::string_view view,
                                                           std::int64_t limit) override {
    std::map<std::string, matview::JobRecord> newest;
    for (const auto& record : written)
      if (record.job.view == view) newest[record.key] = record;
    std::vector<matview::JobRecord> found;
    for (auto record = newest.rbegin(); record != newest.rend(); ++record)
      if (static_cast<std::int64_t>(found.size()) < limit) found.push_back(record->second);
    return found;
  }
  std::optional<std::string> recall(std::string_view, std::string_view) override { return std::nullopt; }
  void remember(std::string_view, std::string_view, std::string_view) override {}
};

struct Keys final : matview::Secrets {
  std::map<std::string, std::string, std::less<>> values;
  std::vector<std::string> kept;  ///< what was to be protected

  bool has(std::string_view key) const override { return values.contains(key); }
  matview::Result<matview::Secret> get(std::string_view key, matview::Control&) override {
    const auto found = values.find(key);
    if (found == values.end()) return matview::fail(matview::ErrorCode::auth, "no such secret");
    return matview::Secret(std::string(found->second));
  }
  void protect(const matview::Secret& secret) override { kept.push_back(secret.reveal()); }
};

/// Answers by "METHOD path" (below the address, without the query), one after the other; the last one stays. What was
/// not foreseen is 404 in plain text, as of a server that does not have the route.
class Server final : public matview::Transport {
 public:
  using Answer = matview::Result<matview::HttpResponse>;

  void answer(const std::string& what, int status, std::string body, matview::HttpHeaders headers = {}) {
    answers_[what].emplace_back(matview::HttpResponse{status, std::move(headers), std::move(body)});
  }
  void answer(const std::string& what, matview::Error error) {
    answers_[what].emplace_back(matview::fail(std::move(error)));
  }
  void lose(const std::string& what) {
    matview::Error error(matview::ErrorCode::unavailable, "the connection was lost");
    error.unanswered = true;
    answer(what, std::move(error));
  }

  Answer send(const matview::HttpRequest& request, matview::Control&) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    auto& answers = answers_[name(request)];
    if (answers.empty()) return matview::HttpResponse{404, {{"Content-Type", "text/plain"}}, "Not Found"};
    Answer answer = answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    return answer;
  }

  static std::string name(const matview::HttpRequest& request) {
    const auto begin = request.url.find('/', request.url.find("://") + 3) + 1;
    return request.method + " " + request.url.substr(begin, request.url.find('?') - begin);
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> names;
    for (const auto& request : requests) names.push_back(name(request));
    return names;
  }
  /// The only request of that name.
  const matview::HttpRequest& request(const std::string& wanted) const {
    const matview::HttpRequest* found = nullptr;
    for (const auto& request : requests)
      if (name(request) == wanted) {
        REQUIRE_MESSAGE(found == nullptr, "sent twice: " << wanted);
        found = &request;
      }
    REQUIRE_MESSAGE(found != nullptr, "not sent: " << wanted);
    return *found;
  }
  Json body(const std::string& wanted) const { return parse_json(*request(wanted).body); }

  std::vector<matview::HttpRequest> requests;

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Answer>> answers_;
};

struct Warnings final : matview::Observer {
  std::mutex mutex;
  std::vector<std::string> texts;
  void warning(std::string_view text) override {
    const std::lock_guard lock(mutex);
    texts.emplace_back(text);
  }
};

using Settings = std::map<std::string, std::string>;

/// A provider on a server that the test plays.
class Bench {
 public:
  explicit Bench(Settings settings = {}) : settings_(std::move(settings)) {
    settings_.emplace("url", "http://127.0.0.1:2333");
    settings_.emplace("poll_interval", "1ms");
    keys.values["api_key"] = "k3y-of-the-tests";
  }

  matview::Provider& provider() {
    if (!provider_) {
      auto opened = matview::providers::lance::open(context());
      REQUIRE_MESSAGE(opened, opened.error().message);
      provider_ = *std::move(opened);
    }
    return *provider_;
  }
  matview::ProviderContext context() {
    matview::ProviderContext context{"p", settings_, environment};
    context.secrets = &keys;
    context.transport = &server;
    context.job_log = &log;
    return context;
  }
  /// Writes a file of the working directory.
  void write(const std::string& name, std::string_view content) const;

  matview::test::TemporaryDirectory directory;
  matview::test::FakeEnvironment environment{directory.path()};
  Server server;
  Log log;
  Keys keys;
  Warnings warnings;
  std::atomic<int> stop{0};
  matview::Control control{warnings, stop, std::nullopt};

 private:
  Settings settings_;
  std::unique_ptr<matview::Provider> provider_;
};

inline void Bench::write(const std::string& name, std::string_view content) const {
  std::FILE* file = std::fopen((directory.path() / name).c_str(), "wb");
  REQUIRE(file != nullptr);
  std::fwrite(content.data(), 1, content.size(), file);
  std::fclose(file);
}

/// A request for a view of kind query that nothing is wrong with.
inline matview::CreateRequest valid_create(std::string name = "recent") {
  matview::CreateRequest request;
  request.name = std::move(name);
  request.query = R"({"source_table":"docs"})";
  request.options["output-schema"] = {"id int64, name utf8 not null"};
  return request;
}

/// What a server tells of a view made by Geneva.
inline std::string described(int version, int source_version, std::string_view more = "") {
  return R"({"version":)" + std::to_string(version) +
         R"(,"schema":{"fields":[{"name":"id","nullable":false,"type":{"type":"int64"}}]},"metadata":{)" +
         R"("geneva::view::query":"{}","geneva::view::base_table":"docs","geneva::view::base_table_version":")" +
         std::to_string(source_version) + "\"" + std::string(more) + "}}";
}

}  // namespace lance_test
