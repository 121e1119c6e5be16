#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "silent_transport.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

inline Job job_in(JobState state, std::string id = "job-1") {
  Job job;
  job.id = std::move(id);
  job.view = "daily";
  job.state = state;
  return job;
}

/// What a backend of jobs answers, call by call, and what it was asked. The last look repeats itself. A run asks from
/// several threads at once.
struct Script {
  std::deque<Result<Job>> looks;
  Result<Job> refreshed = job_in(JobState::pending);
  Result<Job> cancelled = job_in(JobState::cancelled);
  std::vector<View> views;
  std::optional<Job> created;
  std::function<void()> on_look = [] {};
  ProviderContext* context = nullptr;  ///< what the provider was opened with

  int looked = 0;
  int refreshes = 0;
  int cancels = 0;
  std::vector<std::string> asked;  ///< ids
  std::vector<std::string> order;  ///< of refreshes and looks
  bool own_ids = false;            ///< the id of a job tells its view
  /// In the place of `looks`, if it is there; called by one thread at a time.
  std::function<Result<Job>(const std::string& id)> look_at = {};
  std::vector<RefreshRequest> requests;
};

/// A provider whose jobs run at a backend that a test plays.
class ScriptedProvider final : public Provider {
 public:
  explicit ScriptedProvider(const ProviderContext& context) : context_(context) { script().context = &context_; }

  static Script& script() {
    static Script the_script;
    return the_script;
  }

  static std::mutex& mutex() {
    static std::mutex the_mutex;
    return the_mutex;
  }

  static const ProviderInfo& remote_info() {
    static const ProviderInfo the_info = [] {
      ProviderInfo info;
      info.name = "scripted";
      info.operations = {Operation::create, Operation::refresh, Operation::list,  Operation::describe,
                         Operation::job,    Operation::wait,    Operation::cancel};
      info.settings = {"url", "api_key", "poll_interval", "ca_file"};
      info.variables = {{"api_key", "SCRIPTED_KEY"}};
      info.asynchronous = true;
      info.concurrent = true;
      return info;
    }();
    return the_info;
  }

  const ProviderInfo& info() const override { return remote_info(); }
  Result<View> create(const CreateRequest& request, Control&) override {
    View view;
    view.name = request.name;
    view.last_job = script().created;
    return view;
  }
  Result<Job> refresh(const RefreshRequest& request, Control&) override {
    const std::lock_guard lock(mutex());
    script().requests.push_back(request);
    ++script().refreshes;
    script().order.push_back("refresh " + request.name);
    auto job = script().refreshed;
    if (job) job->view = request.name;
    if (job && script().own_ids) job->id = "job of " + request.name;
    return job;
  }
  Result<std::vector<View>> list(const ListRequest&, Control&) override { return script().views; }
  Result<View> describe(const DescribeRequest& request, Control&) override {
    for (const auto& view : script().views)
      if (view.name == request.name) return view;
    return fail(ErrorCode::not_found, "there is no view '" + request.name + "'");
  }
  Result<Job> job(const std::string& id, Control&) override {
    const std::lock_guard lock(mutex());
    Script& s = script();
    ++s.looked;
    s.asked.push_back(id);
    s.order.push_back("look " + id);
    s.on_look();
    if (s.look_at) return s.look_at(id);
    auto look = s.looks.front();
    if (s.looks.size() > 1) s.looks.pop_front();
    return look;
  }
  Result<Job> cancel(const std::string& id, Control&) override {
    const std::lock_guard lock(mutex());
    ++script().cancels;
    script().asked.push_back(id);
    return script().cancelled;
  }

 private:
  ProviderContext context_;
};

inline Result<std::unique_ptr<Provider>> open_scripted(const ProviderContext& context) {
  return std::make_unique<ScriptedProvider>(context);
}

inline const ProviderInfo& bare_local_info() {
  static const ProviderInfo the_info = [] {
    ProviderInfo info;
    info.name = "local";
    info.settings = {"store"};
    return info;
  }();
  return the_info;
}

inline Result<std::unique_ptr<Provider>> open_no_local(const ProviderContext&) {
  return fail(ErrorCode::internal, "there is no engine here");
}

inline const std::array<ProviderEntry, 2> k_scripted_providers{
    ProviderEntry{&bare_local_info, &open_no_local},
    ProviderEntry{&ScriptedProvider::remote_info, &open_scripted},
};

/// Hears everything, from any thread.
class Ear final : public Observer {
 public:
  void progress(const Progress& progress) override {
    const std::lock_guard lock(mutex_);
    steps.push_back(progress.step);
  }
  void warning(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    warnings.emplace_back(text);
  }

  std::vector<std::string> steps;
  std::vector<std::string> warnings;

 private:
  std::mutex mutex_;
};

/// A workspace whose profile in use, `r`, is of the scripted provider. Looks follow each other within milliseconds.
class ScriptedWorld {
 public:
  ScriptedWorld() : environment(directory.path()) {
    ScriptedProvider::script() = Script();
    environment.set("MATVIEW_LEDGER", (directory.path() / "ledger.sqlite").string())
        .set("MATVIEW_PROFILES_R_PROVIDER", "scripted")
        .set("MATVIEW_PROFILES_R_URL", "https://backend.example")
        .set("MATVIEW_PROFILES_R_POLL_INTERVAL", "1ms")
        .set("MATVIEW_PROFILE", "r");
  }

  Script& script() { return ScriptedProvider::script(); }

  /// Loads the configuration when first asked for.
  app::Workspace& workspace() {
    if (workspace_) return *workspace_;
    const std::vector<ProviderInfo> infos{bare_local_info(), ScriptedProvider::remote_info()};
    config::LoadOptions options;
    options.system_file = directory.path() / "none.toml";
    auto loaded = config::Config::load(environment, infos, options);
    if (!loaded) throw std::runtime_error(loaded.error().message);
    config_ = std::make_unique<config::Config>(*std::move(loaded));
    workspace_ = std::make_unique<app::Workspace>(k_scripted_providers, *config_, environment,
                                                  app::RemoteAccess{open_silent_transport, {}});
    return *workspace_;
  }

  Provider* provider() {
    auto opened = workspace().open("r");
    if (!opened) throw std::runtime_error(opened.error().message);
    return *opened;
  }

  /// Puts a job on record.
  void record(const Job& job, const std::string& key = "key-1") {
    JobRecord record;
    record.key = key;
    record.job = job;
    if (record.job.profile.empty()) record.job.profile = "r";
    if (auto put = workspace().job_log().put(record); !put) throw std::runtime_error(put.error().message);
  }

  std::optional<JobRecord> recorded(const std::string& id) { return workspace().job_log().find(id).value(); }

  TemporaryDirectory directory;
  FakeEnvironment environment;
  Ear ear;
  std::atomic<int> stop{0};
  Control control{ear, stop, std::nullopt};

 private:
  std::unique_ptr<config::Config> config_;
  std::unique_ptr<app::Workspace> workspace_;
};

}  // namespace matview::test
