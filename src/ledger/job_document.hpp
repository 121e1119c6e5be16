#pragma once

#include "ledger/ledger.hpp"
#include "matview/job_log.hpp"
#include "matview/value.hpp"

namespace matview::ledger {

// A record as the ledger keeps it. Fields may be added; what is missing or unfamiliar reads as unknown, so that an
// older program can read what a newer one wrote.

Value to_document(const JobRecord& record);
JobRecord from_document(const Value& document);

/// The record without secrets: every text masked but the key and the names of view, profile, provider and operation.
JobRecord masked(JobRecord record, const Mask& mask);

}  // namespace matview::ledger
