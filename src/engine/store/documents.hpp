#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"
#include "matview/job.hpp"
#include "matview/result.hpp"

namespace matview::engine {

/// JSON texts the catalog keeps where a table of columns would only ever be read and written as a whole.
/// Writing answers `usage` for text that is not UTF-8; reading `failed` for what is no such document.
Result<std::string> definition_to_json(const ViewDefinition& definition);
Result<ViewDefinition> definition_from_json(std::string_view json);
/// Never fails: what is not UTF-8 in a message is replaced, a job must always get on record.
std::string job_to_json(const Job& job);
Result<Job> job_from_json(std::string_view json);

/// Columns as text: there are two lists of them to read for each view in a listing, where JSON would take most of the
/// time.
std::string columns_to_text(const std::vector<StoredColumn>& columns);
std::vector<StoredColumn> columns_from_text(std::string_view text);

}  // namespace matview::engine
