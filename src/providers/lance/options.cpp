#include "providers/lance/options.hpp"

#include <fmt/format.h>

#include "providers/lance/create_spec.hpp"
#include "providers/lance/refresh_requests.hpp"
#include "providers/lance/settings.hpp"
#include "providers/remote/settings.hpp"

namespace matview::providers::lance {

namespace {

using enum Operation;
using remote::spec;

Result<void> check_schema(std::string_view text) {
  // The label is the caller's: it names the flag.
  auto schema = read_output_schema(text, "");
  if (schema) return {};
  Error error = std::move(schema).error();
  error.message.erase(0, 2);
  return fail(std::move(error));
}

Result<void> check_paths(std::string_view text) {
  MATVIEW_TRY(parse_field_paths(text));
  return {};
}

Result<void> check_bytes(std::string_view text) {
  MATVIEW_TRY(parse_bytes(text));
  return {};
}

Result<void> check_assignment(std::string_view text) {
  MATVIEW_TRY(parse_assignment(text));
  return {};
}

Result<void> check_header(std::string_view text) {
  MATVIEW_TRY(parse_header(text));
  return {};
}

OptionSpec repeatable(OptionSpec option) {
  option.repeatable = true;
  return option;
}

void add_create(std::vector<OptionSpec>& all) {
  all.push_back(
      spec("output-schema", "SPEC", "Columns of the view, as 'id int64, name utf8 not null'", {create}, check_schema));
  all.push_back(spec("output-schema-file", "FILE",
                     "The same from a file: text, a JSON Arrow schema, or an Arrow IPC message", {create}));
  all.push_back(spec("auto-refresh", "", "Let the server refresh the view when its source changes", {create}));
  all.push_back(
      spec("udtf", "FILE", "The function of a udtf or chunker: its JSON envelope from the Python client", {create}));
  all.push_back(spec("udtf-name", "NAME", "Name of the function (default: the envelope's)", {create}));
  all.push_back(spec("udtf-version", "VERSION", "Version of the function (default: the envelope's)", {create}));
  all.push_back(spec("udtf-sha", "SHA256", "Checksum of the function (default: computed)", {create}));
  all.push_back(
      spec("udtf-input-columns", "A,B", "Fields the function reads (default: the envelope's)", {create}, check_paths));
  all.push_back(spec("udtf-partition-by", "FIELD", "udtf: partition the source by this field", {create}));
  all.push_back(spec("udtf-partition-by-indexed-column", "FIELD",
                     "udtf: take the partitions of this field's vector index", {create}));
  all.push_back(spec("udtf-num-cpus", "N", "CPUs for each worker", {create}));
  all.push_back(spec("udtf-num-gpus", "N", "GPUs for each worker", {create}));
  all.push_back(spec("udtf-memory", "SIZE", "Memory for each worker: bytes, or as 4GiB", {create}, check_bytes));
  all.push_back(spec("udtf-error-handling", "JSON|@FILE", "udtf: how rows that fail are handled", {create}));
  all.push_back(spec("udtf-batch", "", "chunker: the function takes batches", {create}));
  all.push_back(spec("udtf-no-batch", "", "chunker: the function takes one row at a time", {create}));
  all.push_back(spec("udtf-manifest", "JSON|@FILE", "Manifest of the workers' environment", {create}));
  all.push_back(spec("udtf-manifest-checksum", "TEXT", "Checksum of the manifest (default: its own)", {create}));
}

void add_refresh(std::vector<OptionSpec>& all) {
  using remote::check_count;
  using remote::check_number;
  all.push_back(
      spec("src-version", "N", "Version of the source to refresh to (default: the latest)", {refresh}, check_number));
  all.push_back(spec("max-rows-per-fragment", "N", "Rows in a fragment of the view", {refresh}, check_count));
  all.push_back(spec("concurrency", "N", "Number of workers", {refresh}, check_count));
  all.push_back(spec("intra-applier-concurrency", "N", "Threads in each worker", {refresh}, check_count));
  all.push_back(spec("source-task-size", "N", "Source rows in a piece of work", {refresh}, check_count));
  all.push_back(spec("cluster", "NAME", "Cluster to run on", {refresh}));
  all.push_back(spec("output-limit", "N", "chunker: rows the view has at most", {refresh}, check_number));
  all.push_back(spec("manifest", "JSON|@FILE", "Manifest for this refresh alone", {refresh}));
  all.push_back(repeatable(spec("set", "KEY=VALUE", "Pass one more setting to the job; a server may ignore it",
                                {refresh}, check_assignment)));
}

}  // namespace

std::vector<OptionSpec> options() {
  std::vector<OptionSpec> all;
  add_create(all);
  add_refresh(all);
  all.push_back(spec("namespace", "NAME", "List the views of this namespace", {list}));
  all.push_back(spec("all-namespaces", "", "List the views of all namespaces", {list}));
  all.push_back(spec("all-tables", "", "List tables that are no views as well", {list}));
  all.push_back(spec("any-table", "", "Drop it although it may be no view", {drop}));
  all.push_back(spec("delimiter", "TEXT", "What separates the parts of a name (default '$')",
                     {create, refresh, list, describe, drop}, check_delimiter));
  all.push_back(repeatable(spec("header", "'NAME: VALUE'", "Send this header as well",
                                {create, refresh, list, describe, drop}, check_header)));
  return all;
}

}  // namespace matview::providers::lance
