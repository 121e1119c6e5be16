#pragma once

#include <string>
#include <vector>

#include "faults/remote_faults.hpp"
#include "faults/remote_subject.hpp"
#include "support/fake_backend.hpp"
#include "support/process.hpp"
#include "support/sandbox.hpp"

namespace matview::test {

/// A command on the subject's profile, `p`, which is made of nothing but environment variables.
Command remote_command(const Sandbox& box, const RemoteSubject& subject, const FakeBackend& fake,
                       std::vector<std::string> arguments);

/// Asks of the backend what is asked before the operation; the id of the job that it started, if it did.
std::string prepare(const RemoteSubject& subject, const RemoteOperation& operation, FakeBackend& fake);

/// The operation's arguments, for that job.
std::vector<std::string> arguments_of(const RemoteOperation& operation, const std::string& job);

/// The secrets of the profile, and what the backend gave out or was given that none but the two may know.
std::vector<std::string> secrets_of(const RemoteSubject& subject, const std::vector<RecordedRequest>& requests);

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
