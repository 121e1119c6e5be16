#pragma once

#include <map>
#include <set>
#include <string>

#include "matview/job.hpp"

namespace matview::property {

/// What the refreshes of a run were like, for each construct.
class Statistics {
 public:
  void count(const Job& job, const std::set<std::string>& tags);
  void count_case(bool discarded) { ++(discarded ? discarded_ : cases_); }
  int refreshes() const { return all_.refreshes; }
  int cases() const { return cases_; }

  /// Techniques that job records say were used.
  const std::map<std::string, int>& techniques() const { return techniques_; }

  std::string to_text() const;

 private:
  struct Counts {
    int refreshes = 0;  ///< that had something to do
    int incremental = 0;
  };
  Counts all_;
  std::map<std::string, Counts> constructs_;
  std::map<std::string, int> modes_;
  std::map<std::string, int> techniques_;
  std::map<std::string, int> reasons_;  ///< coded ones, of refreshes that were not incremental
  int cases_ = 0;
  int discarded_ = 0;
};

}  // namespace matview::property
