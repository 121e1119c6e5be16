#pragma once

#include <vector>

#include "faults/remote_subject.hpp"

namespace matview::test {

/// What can go wrong with any backend.
const std::vector<RemoteFault>& remote_faults();

/// What `operation` of `subject` may exit with under `fault`.
Exits expected_exits(const RemoteSubject& subject, const RemoteOperation& operation, const RemoteFault& fault);

}  // namespace matview::test
