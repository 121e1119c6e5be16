#pragma once

#include <vector>

#include "matview/provider.hpp"
#include "matview/value.hpp"

namespace matview::providers::external {

// The documents that a program answers with, in the keys of -o json. `failed`, saying what is wrong, for a document
// that cannot be understood.

Result<View> read_view(const Value& document);
Result<Job> read_job(const Value& document);
Result<Error> read_error(const Value& document);
Result<Plan> read_plan(const Value& document);
Result<Verification> read_verification(const Value& document);
Result<Explanation> read_explanation(const Value& document);
Result<GcReport> read_gc_report(const Value& document);
Result<Check> read_check(const Value& document);
Result<Column> read_column(const Value& document);
Result<CreateRequest> read_definition(const Value& document);

}  // namespace matview::providers::external
