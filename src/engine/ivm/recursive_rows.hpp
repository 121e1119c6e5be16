#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ivm/maintenance.hpp"

namespace matview::engine::ivm {

/// The change of a recursion: R = first rows and, again and again, step(rows found last).
///
/// The step is linear in R, and in everything of it that changes. Sources change in two stages: what goes (`before` to
/// `between`), then what comes (`between` to `after`); in each all weights have one sign.
///
/// UNION ALL: R is the sum of step^k(first rows). With A for the step: R' - R = d + A'(R' - R), where d = the change of
/// the first rows + (A' - A)(R). So what goes is the sum of A_between^k(d), and what comes that of A_after^k(d). Both
/// end: A_between takes no more out of the old rows than A_before did, which came to an end, and A_after(...) none but
/// rows of the new R.
///
/// UNION: what a row that goes led to is taken for gone first (all of it is in R), then put back as far as the rest
/// leads to it (Gupta, Mumick, Subrahmanian: Maintaining Views Incrementally, SIGMOD 1993). What the rest has is not
/// gone on from again.
class Maintenance::Recursion {
 public:
  Recursion(Maintenance& owner, std::int64_t index);

  Result<void> run();

  /// All rows of the recursion as the sources are now.
  static std::string all_rows(const Maintenance& owner, std::int64_t index);

 private:
  enum class Stage { before, between, after };

  struct Changed {
    std::string came;     ///< SELECT of the rows that come; empty if none
    std::string went;     ///< the same of those that go
    std::string between;  ///< table of what is there between the two, where both are
  };

  Result<void> find_changes();
  Result<void> find_change(std::size_t input);
  std::string rows(std::size_t input, Stage stage) const;
  std::string step(const std::string& own_rows, Stage stage) const;
  std::string step_over(std::vector<std::string> inputs) const;
  std::vector<std::string> stand_ins(const std::string& own_rows, std::size_t changed, Stage first, Stage behind) const;
  std::string changed_steps(const std::string& own_rows, bool coming, Stage first, Stage behind) const;
  Result<std::int64_t> closure(const std::string& table, const std::string& seeds, Stage stage,
                               const std::string& known);
  Result<void> remove_copies(std::string& kept);
  Result<void> remove_rows(std::string& kept, std::string& seeds);
  Result<void> publish();
  std::string table(const char* what) const { return owner_.table_name(what, index_); }

  Maintenance& owner_;
  std::int64_t index_;
  const Block& own_;
  std::size_t self_ = 0;  ///< the input that is the recursion itself
  std::size_t base_;      ///< the one that has the first rows
  std::vector<Changed> changes_;
  bool any_came_ = false;
  bool any_went_ = false;
  std::int64_t gone_ = 0;  ///< rows of table "gone"
  std::int64_t come_ = 0;  ///< rows of table "come"
};

}  // namespace matview::engine::ivm
