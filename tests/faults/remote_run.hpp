#pragma once

#include <string>
#include <vector>

#include "faults/remote_faults.hpp"
#include "faults/remote_subject.hpp"
#include "support/fake_backend.hpp"
#include "support/process.hpp"

namespace matview::test {

/// One operation under one fault.
struct RemoteCase {
  const RemoteSubject* subject = nullptr;
  const RemoteOperation* operation = nullptr;
  const RemoteFault* fault = nullptr;

  std::string name() const;
};

/// What came of it.
struct RemoteOutcome {
  Outcome outcome;
  double seconds = 0;
  std::vector<RecordedRequest> requests;  ///< of the operation itself, in order
  std::string leak;                       ///< the first secret found where none may be, and where; empty if none
  std::string mishap;                     ///< of the test itself: what kept the case from being run at all
};

/// Runs the cases, several at once, each in a world of its own.
std::vector<RemoteOutcome> run_cases(const std::vector<RemoteCase>& cases);

}  // namespace matview::test
