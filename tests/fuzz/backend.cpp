#include "fuzz/backend.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "matview/job_log.hpp"
#include "output/values.hpp"
#include "support/fake_environment.hpp"
#include "support/json.hpp"

namespace matview::fuzz {

namespace {

constexpr std::string_view k_secret = "correct-horse-battery-staple";
constexpr std::string_view k_separator = "\n%%\n";
// No operation on one view, and no listing of so little, has reason for more.
constexpr int k_most_requests = 500;

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

struct Answer {
  std::string_view word;  ///< in the address of what it answers
  HttpResponse response;
  bool used = false;
};

Answer read_answer(std::string_view text) {
  Answer answer;
  auto first = take_line(text);
  const auto space = std::min(first.find(' '), first.size());
  answer.word = first.substr(std::min(space + 1, first.size()));
  auto& response = answer.response;
  response.status = 200;
  std::from_chars(first.data(), first.data() + space, response.status);
  response.status = std::clamp(response.status, 100, 999);
  while (true) {
    auto rest = text;
    const auto line = take_line(rest);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0 || line.find_first_of("{[<\"") < colon) break;
    response.headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
    text = rest;
  }
  response.body = text;
  return answer;
}

class ScriptedBackend final : public Transport {
 public:
  explicit ScriptedBackend(std::string_view text) {
    while (true) {
      const auto end = std::min(text.find(k_separator), text.size());
      answers_.push_back(read_answer(text.substr(0, end)));
      if (end == text.size()) return;
      text.remove_prefix(end + k_separator.size());
    }
  }

  Result<HttpResponse> send(const HttpRequest& request, Control&) override {
    const std::lock_guard lock(mutex_);
    MATVIEW_FUZZ_CHECK(++count_ <= k_most_requests);
    MATVIEW_FUZZ_CHECK(request.url.find(k_secret) == std::string::npos);
    const auto& response = choose(request.url).response;
    if (response.status != 599) return response;
    // There is no such status: the connection was lost.
    auto error = Error(ErrorCode::unavailable, "lost").with_retryable();
    error.unanswered = true;
    return fail(std::move(error));
  }

 private:
  const Answer& choose(std::string_view url) {
    const Answer* last = &answers_.back();
    for (auto& answer : answers_) {
      if (url.find(answer.word) == std::string_view::npos) continue;
      last = &answer;
      if (answer.used) continue;
      answer.used = true;
      break;
    }
    return *last;
  }

  std::mutex mutex_;
  std::vector<Answer> answers_;
  int count_ = 0;
};

class OneSecret final : public Secrets {
 public:
  explicit OneSecret(const Backend& about) : about_(about) {}
  bool has(std::string_view key) const override { return about_.secrets.contains(key); }
  Result<Secret> get(std::string_view key, Control&) override {
    if (!has(key)) return fail(ErrorCode::auth, "no such secret");
    return Secret(std::string(k_secret));
  }
  void protect(const Secret&) override {}

 private:
  const Backend& about_;
};

class MemoryLog final : public JobLog {
 public:
  Result<void> put(const JobRecord& record) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(records_, [&](const JobRecord& other) { return other.key == record.key; });
    records_.insert(records_.begin(), record);
    return {};
  }
  Result<std::optional<JobRecord>> find(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (const auto& record : records_)
      if (record.key == id || record.job.id == id) return record;
    return std::nullopt;
  }
  Result<std::vector<JobRecord>> records(std::string_view, std::string_view, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  std::optional<std::string> recall(std::string_view, std::string_view) override { return std::nullopt; }
  void remember(std::string_view, std::string_view, std::string_view) override {}

 private:
  std::mutex mutex_;
  std::vector<JobRecord> records_;
};

void check_text(const std::string& text) { MATVIEW_FUZZ_CHECK(text.find(k_secret) == std::string::npos); }

void check(const Value& value) {
  const auto text = support::to_json(value);
  check_text(text);
  MATVIEW_FUZZ_CHECK(support::parse_json(text));
}

void check(const Error& error) {
  MATVIEW_FUZZ_CHECK(!error.message.empty());
  MATVIEW_FUZZ_CHECK(error.message.find('\n') == std::string::npos);
  check_text(error.hint);
  check_text(error.detail);
  check(output::to_value(error));
}

void check(const View& view) { check(output::to_detailed_value(view)); }
void check(const Job& job) { check(output::to_value(job)); }
void check(const Check& one) { check(output::to_value(one)); }

template <typename T>
void check(const std::vector<T>& all) {
  for (const auto& one : all) check(one);
}

template <typename T>
void check(const Result<T>& result) {
  if (!result)
    check(result.error());
  else if constexpr (!std::is_void_v<T>)
    check(*result);
}

void carry_out(std::string_view operation, Provider& provider, const Backend& about, Control& control) {
  const auto& name = about.view;
  if (operation == "list") {
    check(provider.list({}, control));
  } else if (operation == "details") {
    check(provider.list({.freshness = true, .details = true}, control));
  } else if (operation == "refresh") {
    check(provider.refresh({.name = name, .options = {}}, control));
  } else if (operation == "create") {
    check(provider.create({.name = name, .query = "SELECT 1", .tags = {}, .options = about.options}, control));
  } else if (operation == "replace") {
    check(provider.create(
        {.name = name, .query = "SELECT 1", .with_data = true, .replace = true, .tags = {}, .options = about.options},
        control));
  } else if (operation == "drop") {
    check(provider.drop({.name = name}, control));
  } else if (operation == "history") {
    check(provider.history({.name = name}, control));
  } else if (operation == "job") {
    check(provider.job("01JXAMPLE", control));
  } else if (operation == "cancel") {
    check(provider.cancel("01JXAMPLE", control));
  } else if (operation == "doctor") {
    check(provider.doctor(control));
  } else {
    check(provider.describe({.name = name, .versions = true}, control));
  }
}

}  // namespace

void run_backend(const Backend& about, std::string_view input) {
  // A server that repeats the secret is another matter: what it says is masked where it is shown.
  if (input.find(k_secret) != std::string_view::npos) return;
  const auto operation = take_line(input);
  ScriptedBackend backend(input);
  OneSecret secrets(about);
  MemoryLog log;
  const test::FakeEnvironment environment;
  const ProviderContext context{.profile = about.provider.info().name,
                                .settings = about.settings,
                                .environment = environment,
                                .secrets = &secrets,
                                .transport = &backend,
                                .job_log = &log};
  Observer observer;
  const std::atomic<int> stop{0};
  // Who waits before it looks again is soon told that the time is up.
  Control control{observer, stop, std::chrono::steady_clock::now() + std::chrono::milliseconds(20)};

  auto opened = about.provider.open(context);
  MATVIEW_FUZZ_CHECK(opened);
  carry_out(operation, **opened, about, control);
}

}  // namespace matview::fuzz
