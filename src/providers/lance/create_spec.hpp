#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arrow/schema.hpp"
#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"
#include "providers/lance/udtf_spec.hpp"

namespace matview::providers::lance {

/// A view to be made, checked as far as that goes without the server.
struct CreateSpec {
  std::string kind;           ///< query, udtf, chunker
  std::string source_query;   ///< as it was given: the server does not read it either
  std::string output_schema;  ///< an Arrow IPC message in base64
  arrow::Schema schema;       ///< what that says
  std::optional<UdtfSpec> udtf;
  bool with_no_data = true;
  bool auto_refresh = false;
  std::vector<std::string> warnings;
};

/// `usage` for what the server would refuse, `unsupported` for what the API does not have.
Result<CreateSpec> read_create(const CreateRequest& request, const Environment& environment);

/// A schema as the options --output-schema and --output-schema-file give it: IPC bytes, their base64, a JSON Arrow
/// schema, or text. `label` begins messages.
struct OutputSchema {
  std::string base64;
  arrow::Schema schema;
};
Result<OutputSchema> read_output_schema(std::string_view content, std::string_view label);

}  // namespace matview::providers::lance
