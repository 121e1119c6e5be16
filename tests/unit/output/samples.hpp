#pragma once

#include <string>
#include <vector>

#include "matview/provider.hpp"
#include "output/format.hpp"
#include "output/sink.hpp"

namespace samples {

/// 2026-11-21T02:57:30Z plus that many seconds.
inline matview::Time at(std::int64_t seconds) { return matview::Time(std::chrono::seconds(1795229850 + seconds)); }

inline matview::output::Style piped() { return {false, false, 80, at(0), false, "local"}; }
inline matview::output::Style terminal(int width = 80) { return {false, true, width, at(0), false, "local"}; }

inline matview::Job job() {
  matview::Job job;
  job.id = "j-7";
  job.view = "sales_by_day";
  job.profile = "local";
  job.provider = "local";
  job.state = matview::JobState::succeeded;
  job.mode = "full";
  job.reason = "first refresh";
  job.submitted_at = at(-182);
  job.started_at = at(-182);
  job.finished_at = at(-180);
  job.elapsed = std::chrono::microseconds(1'234'567);
  job.rows_total = 3'000'000;
  job.rows_added = 3'000'000;
  job.rows_removed = 0;
  job.version = 4;
  return job;
}

inline matview::View view() {
  matview::View view;
  view.name = "sales_by_day";
  view.profile = "local";
  view.provider = "local";
  view.freshness = matview::Freshness::stale;
  view.freshness_reason = "3 files added (orders)";
  view.version = 4;
  view.rows = 3'000'000;
  view.bytes = 13'500'000;
  view.created_at = at(-86'400 * 2);
  view.refreshed_at = at(-180);
  view.refresh_mode = "full";
  view.refresh_reason = "first refresh";
  view.auto_refresh = false;
  view.sources = {{"data/*.parquet", "files", 12, 44'000'000, std::nullopt, "3 files added"}};
  view.depends_on = {"orders", "customers"};
  view.tags = {"nightly"};
  view.last_job = job();
  view.definition = "SELECT day, sum(amount) AS total\nFROM 'data/*.parquet'\nGROUP BY day";
  return view;
}

/// A view as little as possible is known of, with a name of wide characters.
inline matview::View bare_view() {
  matview::View view;
  view.name = "売上\x1b[31m高";
  view.profile = "dune";
  view.provider = "dune";
  return view;
}

/// Rows kept in memory, given out in batches of two.
class Rows : public matview::RowStream {
 public:
  Rows(std::vector<matview::Column> columns, std::vector<Row> rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}

  const std::vector<matview::Column>& columns() const override { return columns_; }
  matview::Result<bool> next(std::vector<Row>& batch) override {
    batch.clear();
    if (failure && next_ >= rows_.size()) return matview::fail(*failure);
    while (next_ < rows_.size() && batch.size() < 2) batch.push_back(rows_[next_++]);
    return !batch.empty();
  }
  std::size_t given() const { return next_; }

  std::optional<matview::Error> failure;  ///< what comes after the last row

 private:
  std::vector<matview::Column> columns_;
  std::vector<Row> rows_;
  std::size_t next_ = 0;
};

}  // namespace samples
