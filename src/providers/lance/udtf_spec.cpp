#include "providers/lance/udtf_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "providers/remote/fields.hpp"
#include "providers/remote/settings.hpp"
#include "support/base64.hpp"
#include "support/json.hpp"
#include "support/sha256.hpp"

namespace matview::providers::lance {

namespace {

using remote::option;

constexpr std::array<std::string_view, 3> k_udtf_only{"udtf-partition-by", "udtf-partition-by-indexed-column",
                                                      "udtf-error-handling"};
constexpr std::array<std::string_view, 2> k_chunker_only{"udtf-batch", "udtf-no-batch"};

/// The first of these options that was given.
template <typename Names>
std::string_view given(const OptionValues& options, const Names& names) {
  for (const std::string_view name : names)
    if (options.contains(std::string(name))) return name;
  return {};
}

Result<void> check_kind(const CreateRequest& request, const std::string& kind) {
  const auto wrong = [&](std::string_view flag, std::string_view whose) {
    return fail(Error(ErrorCode::usage,
                      fmt::format("--{} is for views of kind {}, and this one is of kind {}", flag, whose, kind))
                    .with_hint("see --kind"));
  };
  if (kind == "query")
    for (const auto& [name, values] : request.options)
      if (name == "udtf" || name.starts_with("udtf-")) return wrong(name, "udtf and chunker");
  if (kind == "chunker")
    if (const auto name = given(request.options, k_udtf_only); !name.empty()) return wrong(name, "udtf");
  if (kind == "udtf")
    if (const auto name = given(request.options, k_chunker_only); !name.empty()) return wrong(name, "chunker");
  return {};
}

/// A text that an option says, or else the envelope. `usage` for an option that is empty.
Result<std::string> text_of(const OptionValues& options, const std::string& name, const Value& envelope,
                            std::string_view key) {
  if (const auto* text = option(options, name)) {
    if (text->empty()) return fail(ErrorCode::usage, fmt::format("--{} is empty", name));
    return *text;
  }
  const Value& value = envelope.at(key);
  if (const auto* text = value.if_string()) return *text;
  return value.is_null() ? std::string() : support::to_json(value);
}

Result<std::optional<double>> amount_of(const OptionValues& options, const std::string& name) {
  const auto* text = option(options, name);
  if (text == nullptr) return std::optional<double>();
  double amount = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), amount);
  if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(amount) || amount < 0)
    return fail(Error(ErrorCode::usage, fmt::format("--{}: '{}' is no number of at least 0", name, *text))
                    .with_hint("as 1 or 0.5"));
  return std::optional(amount);
}

/// What the envelope and the kind say of each other.
Result<void> check_payload(const Value& envelope, const std::string& kind) {
  const bool chunker = !envelope.at("chunker_payload").is_null();
  const bool udtf = !envelope.at("udtf_payload").is_null();
  if ((kind == "udtf" && chunker && !udtf) || (kind == "chunker" && udtf && !chunker))
    return fail(Error(ErrorCode::usage, fmt::format("--udtf: the file holds a {}, and the view is of kind {}",
                                                    chunker ? "chunker" : "udtf", kind))
                    .with_hint(fmt::format("say --kind {}", chunker ? "chunker" : "udtf")));
  return {};
}

Result<Value> read_envelope(const CreateRequest& request, const std::string& kind, const Environment& environment,
                            UdtfSpec& spec) {
  const auto* file = option(request.options, "udtf");
  if (file == nullptr)
    return fail(Error(ErrorCode::usage, fmt::format("a view of kind {} needs --udtf FILE", kind))
                    .with_hint("the JSON envelope of the function, as the Python client writes it"));
  MATVIEW_ASSIGN(const std::string content, remote::read_option_file("udtf", *file, environment));
  auto envelope = support::parse_json(content);
  if (!envelope || envelope->if_object() == nullptr)
    return fail(Error(ErrorCode::usage, fmt::format("--udtf '{}' is no JSON object{}", *file,
                                                    envelope ? "" : ": " + envelope.error().message))
                    .with_hint("it is the JSON envelope of the function, as the Python client writes it"));
  MATVIEW_TRY(check_payload(*envelope, kind));
  spec.udtf = support::base64(content);
  spec.udtf_sha = support::sha256(spec.udtf);
  return envelope;
}

Result<void> read_sha(const OptionValues& options, UdtfSpec& spec, std::vector<std::string>& warnings) {
  const auto* given = option(options, "udtf-sha");
  if (given == nullptr) return {};
  if (given->size() != 64 || given->find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail(Error(ErrorCode::usage, "--udtf-sha is no SHA-256")
                    .with_hint("it has 64 hexadecimal digits in lower case, and need not be given: it is computed"));
  // The specification leaves open of which bytes it is; the server decides.
  const auto of_json = support::sha256(support::from_base64(spec.udtf).value_or(""));
  if (*given != spec.udtf_sha && *given != of_json)
    warnings.emplace_back("--udtf-sha is the SHA-256 of neither the file nor of its base64 text");
  spec.udtf_sha = *given;
  return {};
}

Result<void> read_columns(const OptionValues& options, const Value& envelope, UdtfSpec& spec,
                          std::vector<std::string>& warnings) {
  if (const auto* text = option(options, "udtf-input-columns")) {
    auto paths = parse_field_paths(*text);
    if (!paths) return fail(std::move(paths).error().with_context("--udtf-input-columns: "));
    spec.input_columns = *std::move(paths);
  } else if (envelope.at("input_columns").if_array() != nullptr) {
    spec.input_columns = remote::texts(envelope, "input_columns");
    if (std::find(spec.input_columns->begin(), spec.input_columns->end(), "") != spec.input_columns->end())
      return fail(ErrorCode::usage, "--udtf: the file names an input column that is empty");
  }
  if (spec.kind == "chunker" && (!spec.input_columns || spec.input_columns->empty()))
    warnings.emplace_back("a chunker without --udtf-input-columns: 'all columns' is meant for kind udtf alone");
  return {};
}

Result<void> read_partition(const OptionValues& options, const Value& envelope, UdtfSpec& spec) {
  if (spec.kind != "udtf") return {};
  const bool by_index = options.contains("udtf-partition-by-indexed-column");
  if (by_index && options.contains("udtf-partition-by"))
    return fail(Error(ErrorCode::usage, "--udtf-partition-by and --udtf-partition-by-indexed-column exclude each other")
                    .with_hint("the second is for a column with a vector index, whose partitions are then taken"));
  MATVIEW_ASSIGN(spec.partition_by_indexed_column,
                 text_of(options, "udtf-partition-by-indexed-column", {}, "partition_by_indexed_column"));
  if (!by_index) {
    MATVIEW_ASSIGN(spec.partition_by, text_of(options, "udtf-partition-by", envelope, "partition_by"));
  }
  return {};
}

Result<void> read_manifest(const OptionValues& options, const Value& envelope, const Environment& environment,
                           UdtfSpec& spec) {
  Value manifest;
  if (const auto* text = option(options, "udtf-manifest")) {
    MATVIEW_ASSIGN(manifest, json_object_option("udtf-manifest", *text, environment, &spec.manifest));
  } else {
    MATVIEW_ASSIGN(spec.manifest, text_of(options, "udtf-manifest", envelope, "manifest"));
    if (!spec.manifest.empty()) {
      auto parsed = support::parse_json(spec.manifest);
      if (!parsed || parsed->if_object() == nullptr)
        return fail(ErrorCode::usage, "--udtf: the manifest in the file is no JSON object");
      manifest = *std::move(parsed);
    }
  }
  MATVIEW_ASSIGN(spec.manifest_checksum, text_of(options, "udtf-manifest-checksum", envelope, "manifest_checksum"));
  // The envelope's checksum is of the envelope's manifest; another one brings its own.
  const bool replaced = options.contains("udtf-manifest") && !options.contains("udtf-manifest-checksum");
  if (replaced || spec.manifest_checksum.empty()) spec.manifest_checksum = remote::text(manifest, "checksum");
  return {};
}

}  // namespace

Result<std::optional<UdtfSpec>> read_udtf(const CreateRequest& request, const std::string& kind,
                                          const Environment& environment, std::vector<std::string>& warnings) {
  MATVIEW_TRY(check_kind(request, kind));
  if (kind == "query") return std::optional<UdtfSpec>();
  const auto& options = request.options;
  UdtfSpec spec;
  spec.kind = kind;
  MATVIEW_ASSIGN(const Value envelope, read_envelope(request, kind, environment, spec));
  MATVIEW_TRY(read_sha(options, spec, warnings));
  MATVIEW_ASSIGN(spec.name, text_of(options, "udtf-name", envelope, "name"));
  MATVIEW_ASSIGN(spec.version, text_of(options, "udtf-version", envelope, "version"));
  for (const auto& [value, flag] : {std::pair(&spec.name, "udtf-name"), std::pair(&spec.version, "udtf-version")})
    if (value->empty())
      return fail(Error(ErrorCode::usage, fmt::format("the file of --udtf does not say what --{} is", flag))
                      .with_hint(fmt::format("give it: --{} TEXT", flag)));
  MATVIEW_TRY(read_columns(options, envelope, spec, warnings));
  MATVIEW_TRY(read_partition(options, envelope, spec));
  MATVIEW_ASSIGN(spec.num_cpus, amount_of(options, "udtf-num-cpus"));
  MATVIEW_ASSIGN(spec.num_gpus, amount_of(options, "udtf-num-gpus"));
  if (const auto* text = option(options, "udtf-memory")) {
    auto bytes = parse_bytes(*text);
    if (!bytes) return fail(std::move(bytes).error().with_context("--udtf-memory: "));
    spec.memory = *bytes;
  }
  if (const auto* text = option(options, "udtf-error-handling")) {
    MATVIEW_ASSIGN(spec.error_handling, json_object_option("udtf-error-handling", *text, environment));
  }
  if (kind == "chunker") {
    if (options.contains("udtf-batch") && options.contains("udtf-no-batch"))
      return fail(ErrorCode::usage, "--udtf-batch and --udtf-no-batch exclude each other");
    spec.batch = remote::boolean(envelope, "batch");
    if (options.contains("udtf-batch")) spec.batch = true;
    if (options.contains("udtf-no-batch")) spec.batch = false;
  }
  MATVIEW_TRY(read_manifest(options, envelope, environment, spec));
  spec.output_schema = remote::text(envelope, "output_schema_bytes");
  return std::optional(std::move(spec));
}

Value udtf_body(const UdtfSpec& spec) {
  Value body;
  body.set("kind", spec.kind).set("udtf", spec.udtf).set("udtf_sha", spec.udtf_sha);
  body.set("udtf_name", spec.name).set("udtf_version", spec.version);
  if (spec.input_columns) {
    Value columns = Value::array();
    for (const auto& column : *spec.input_columns) columns.push(column);
    body.set("input_columns", std::move(columns));
  }
  const auto set_text = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) body.set(key, text);
  };
  const auto set_amount = [&](std::string_view key, std::optional<double> amount) {
    if (!amount) return;
    const bool whole = *amount == std::trunc(*amount) && *amount < 1e15;
    body.set(key, whole ? Value(static_cast<std::int64_t>(*amount)) : Value(*amount));
  };
  set_text("partition_by", spec.partition_by);
  set_text("partition_by_indexed_column", spec.partition_by_indexed_column);
  set_amount("num_cpus", spec.num_cpus);
  set_amount("num_gpus", spec.num_gpus);
  if (spec.memory) body.set("memory", *spec.memory);
  if (!spec.error_handling.is_null()) body.set("error_handling", spec.error_handling);
  if (spec.batch) body.set("batch", *spec.batch);
  set_text("manifest", spec.manifest);
  set_text("manifest_checksum", spec.manifest_checksum);
  return body;
}

}  // namespace matview::providers::lance
