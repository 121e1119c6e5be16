#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files.hpp"
#include "lake_reader.hpp"
#include "matview/provider.hpp"
#include "oracle.hpp"
#include "script.hpp"
#include "support/fake_environment.hpp"
#include "support/temporary_directory.hpp"

namespace matview::property {

/// What is wrong with the engine's answer.
struct Failure {
  std::string kind;  ///< differs, refused, failed, columns, lost, count, verify
  std::string view;
  std::string text;

  /// Whether the two are likely to have the same cause.
  bool is_like(const Failure& other) const;
};

/// A refresh that was done.
struct Refreshed {
  std::string view;
  Job job;
};

/// A store with its views, the files they read, and the oracle; does actions and looks after each at all that is
/// stored.
class World {
 public:
  World();

  /// Does one action. An action that makes no sense here (a view whose SQL does not bind) is passed over.
  std::optional<Failure> run(const Action& action);

  /// Whether all that was done so far could be computed by the oracle. What happens after that says nothing.
  bool is_sound() const { return sound_; }

  Oracle& oracle() { return oracle_; }
  Files& files() { return files_; }
  const std::vector<Refreshed>& refreshes() const { return refreshes_; }
  const std::vector<std::string>& passed_over() const { return passed_over_; }
  bool has_view(const std::string& name) const { return views_.contains(name); }

 private:
  struct Known {
    std::string sql;
    std::size_t order = 0;
    std::vector<Column> columns;
    std::string mode;
    bool filled = false;
    std::int64_t rows = 0;  ///< after its last refresh
    struct Remembered {
      std::vector<Column> columns;
      std::int64_t rows = 0;
      std::string proof;  ///< the very files and how they are read that were found to hold its rows
    };
    std::map<std::int64_t, Remembered> versions;
  };

  std::optional<Failure> create(const Action& action);
  std::optional<Failure> refresh(const Action& action);
  std::optional<Failure> refresh_one(const std::string& name, bool full);
  std::optional<Failure> query_all();
  std::optional<Failure> verify_all();
  std::optional<Failure> check_all();
  std::optional<Failure> check(const std::string& name, Known& view);
  std::vector<std::string> in_order() const;
  void reopen(const std::string& limit);
  void set_time(std::int64_t seconds);

  test::TemporaryDirectory directory_;
  test::FakeEnvironment environment_;
  std::int64_t time_ = 1709445600;  ///< 2024-03-03 06:00, amid the times that are in the rows
  Oracle oracle_;
  Files files_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<LakeReader> lake_;
  std::map<std::string, Known> views_;
  std::vector<Refreshed> refreshes_;
  std::vector<std::string> passed_over_;
  bool sound_ = true;
};

/// Runs a whole case in a world of its own; the failure, with `done` how many actions it took, with `refreshes` the
/// jobs.
std::optional<Failure> run_script(const Script& script, std::size_t* done = nullptr,
                                  std::vector<Refreshed>* refreshes = nullptr);

}  // namespace matview::property
