#include "statistics.hpp"

#include <fmt/format.h>

namespace matview::property {

namespace {

double share(int part, int whole) { return whole == 0 ? 0 : 100.0 * part / whole; }

/// Why a refresh was not incremental, in one word.
std::string code_of(const Job& job) {
  const auto* code = job.native.at("code").if_string();
  return code && !code->empty() ? *code : "(no code)";
}

}  // namespace

void Statistics::count(const Job& job, const std::set<std::string>& tags) {
  ++modes_[job.mode];
  if (const auto* names = job.native.at("techniques").if_array())
    for (const auto& name : *names)
      if (const auto* text = name.if_string()) ++techniques_[*text];
  // The first fill and what a new definition makes necessary say nothing of what could have been incremental.
  if (job.mode == "no_data" || job.mode == "reinitialized" || job.reason == "never filled") return;
  const bool incremental = job.mode == "incremental";
  if (!incremental) ++reasons_[code_of(job)];
  const auto add = [&](Counts& counts) {
    ++counts.refreshes;
    counts.incremental += incremental ? 1 : 0;
  };
  add(all_);
  for (const auto& tag : tags) add(constructs_[tag]);
}

std::string Statistics::to_text() const {
  auto text = fmt::format("{} cases, {} more given up; {} refreshes of changed views, {:.0f} % incremental\n", cases_,
                          discarded_, all_.refreshes, share(all_.incremental, all_.refreshes));
  for (const auto& [tag, counts] : constructs_)
    text += fmt::format("  {:26} {:6} refreshes {:4.0f} % incremental\n", tag, counts.refreshes,
                        share(counts.incremental, counts.refreshes));
  const auto list = [&](const char* title, const std::map<std::string, int>& counts) {
    if (counts.empty()) return;
    text += title;
    for (const auto& [name, count] : counts) text += fmt::format(" {} {},", name, count);
    text.back() = '\n';
  };
  list("modes:", modes_);
  list("techniques:", techniques_);
  list("reasons of full refreshes:", reasons_);
  return text;
}

}  // namespace matview::property
