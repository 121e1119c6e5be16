#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/store_fixture.hpp"

namespace matview::test {

/// A store of scheduled views. The clock of the binary is the machine's, so tests move what the store remembers: when a
/// view was refreshed last. Schedules tick so seldom (or, on 30 of 31 days, every minute) that no test meets a tick.
class ScheduleFixture : public StoreFixture {
 public:
  /// Ticks at new year.
  static constexpr const char* k_yearly = "0 0 1 1 *";

  Json view(const std::string& name) const { return parse_json(must({"show", name, "-o", "json"}))["views"][0]; }

  /// The jobs of a refresh that must go well.
  Json jobs(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    return parse_json(must(std::move(arguments)))["jobs"];
  }

  /// Names of the views that a selector means.
  std::string selected(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "list");
    arguments.insert(arguments.end(), {"-o", "name"});
    return must(std::move(arguments));
  }

  /// Lets the newest success of a view be so long ago.
  void age_success(const std::string& name, std::chrono::hours age) const {
    SQLite::Database catalog((store() / "catalog.sqlite").string(), SQLite::OPEN_READWRITE);
    SQLite::Statement update(catalog, "UPDATE matview_view SET succeeded_at = succeeded_at - ? WHERE name = ?");
    update.bind(1, static_cast<std::int64_t>(std::chrono::microseconds(age).count()));
    update.bind(2, name);
    if (update.exec() != 1) throw std::runtime_error("there is no view " + name);
  }

  static constexpr std::chrono::hours k_years{24 * 800};
};

}  // namespace matview::test
