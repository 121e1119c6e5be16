#include "app/run_results.hpp"

#include <fmt/format.h>

#include "output/values.hpp"
#include "support/file.hpp"
#include "support/json.hpp"
#include "support/members.hpp"
#include "support/replace_file.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::app {

Result<RunResults> RunResults::read(std::filesystem::path file) {
  const auto refuse = [&](std::string_view why) {
    return fail(Error(ErrorCode::usage,
                      fmt::format("'{}' holds no results of a run: {}", file.string(), support::strip_control(why)))
                    .with_hint("'matview refresh SELECTOR --results FILE' writes one"));
  };
  const auto content = support::read_file(file);
  if (!content) return refuse(content.error().message);
  const auto document = support::parse_json(*content);
  if (!document) return refuse(document.error().message);
  const auto* version = document->at("schema_version").if_integer();
  const auto* jobs = document->at("jobs").if_array();
  if (version == nullptr || jobs == nullptr) return refuse("it lacks the key 'schema_version' or 'jobs'");
  if (*version != 1) return refuse(fmt::format("its schema_version is {}, and this program knows 1", *version));
  RunResults results(std::move(file));
  for (const auto& job : *jobs) {
    const ViewKey key(support::text(job, "profile"), support::text(job, "view"));
    const auto* settled = job.at("settled").if_bool();
    results.known_.insert_or_assign(key, results.entries_.size());
    results.entries_.push_back({job, settled != nullptr && *settled});
  }
  return results;
}

std::set<ViewKey> RunResults::unsettled() const {
  std::set<ViewKey> views;
  for (const auto& [key, index] : known_)
    if (!entries_[index].settled) views.insert(key);
  return views;
}

void RunResults::begin(const std::vector<Selected>& views, Time now) {
  started_at_ = now;
  finished_at_.reset();
  for (const auto& selected : views) {
    Job job;
    job.view = selected.view.name;
    job.profile = selected.profile;
    job.provider = provider_name(selected);
    job.state = JobState::pending;
    put(job, false);
  }
}

void RunResults::put(const Job& job, bool settled) {
  Value document = output::to_value(job);
  document.set("settled", settled);
  const auto [known, is_new] = known_.try_emplace({job.profile, job.view}, entries_.size());
  if (is_new)
    entries_.push_back({std::move(document), settled});
  else
    entries_[known->second] = {std::move(document), settled};
}

Result<void> RunResults::write() const {
  Value jobs = Value::array();
  for (const auto& entry : entries_) jobs.push(entry.job);
  const Value document = Value::Object{{"schema_version", 1},
                                       {"operation", "refresh"},
                                       {"started_at", support::time_or_null(started_at_)},
                                       {"finished_at", support::time_or_null(finished_at_)},
                                       {"jobs", std::move(jobs)}};
  return support::replace_file(file_, support::to_json(document, true) + "\n");
}

}  // namespace matview::app
