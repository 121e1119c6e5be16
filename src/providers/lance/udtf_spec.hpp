#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"
#include "matview/value.hpp"
#include "support/bytes.hpp"

namespace matview::providers::lance {

/// The table function of a view of kind udtf or chunker: `udtf_spec` of the API. What was not said is empty.
struct UdtfSpec {
  std::string kind;      ///< as the view's
  std::string udtf;      ///< the envelope in base64
  std::string udtf_sha;  ///< of that text
  std::string name;
  std::string version;
  std::optional<std::vector<std::string>> input_columns;
  std::string partition_by;
  std::string partition_by_indexed_column;
  std::optional<double> num_cpus;
  std::optional<double> num_gpus;
  std::optional<std::int64_t> memory;  ///< bytes
  Value error_handling;                ///< an object
  std::optional<bool> batch;
  std::string manifest;  ///< JSON
  std::string manifest_checksum;

  /// Not sent: the schema of the rows that the envelope says it makes, an IPC message in base64; empty if it does not.
  std::string output_schema;
};

/// What the options and the envelope say, checked as far as that goes without the server. `usage` for what the server
/// would refuse. Empty for a view of kind query, where each of the options is a mistake.
Result<std::optional<UdtfSpec>> read_udtf(const CreateRequest& request, const std::string& kind,
                                          const Environment& environment, std::vector<std::string>& warnings);

/// `udtf_spec` as it is sent. What was not said is left out: servers made from the specification refuse null.
Value udtf_body(const UdtfSpec& spec);

/// The text of an option that is JSON or, after '@', the name of a file of it. `usage` unless it is an object.
Result<Value> json_object_option(const std::string& name, const std::string& text, const Environment& environment,
                                 std::string* source = nullptr);

using support::parse_bytes;

/// Paths of fields, separated by commas: segments separated by '.', one that holds a '.' or ',' in backticks.
Result<std::vector<std::string>> parse_field_paths(std::string_view text);

}  // namespace matview::providers::lance
