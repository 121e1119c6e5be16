#include "providers/lance/create_spec.hpp"

#include <fmt/format.h>

#include "providers/remote/settings.hpp"
#include "support/json.hpp"

namespace matview::providers::lance {

namespace {

using remote::option;

Result<std::string> kind_of(const CreateRequest& request) {
  const std::string kind = request.kind == "scalar_udtf" ? "chunker" : request.kind;
  if (kind == "query" || kind == "udtf" || kind == "chunker") return kind;
  return fail(Error(ErrorCode::usage, fmt::format("there is no view of kind '{}'", kind))
                  .with_hint("the kinds are query, udtf and chunker"));
}

Result<OutputSchema> schema_of(const CreateRequest& request, const std::optional<UdtfSpec>& udtf,
                               const Environment& environment) {
  const auto* text = option(request.options, "output-schema");
  const auto* file = option(request.options, "output-schema-file");
  if (text != nullptr && file != nullptr)
    return fail(ErrorCode::usage, "--output-schema and --output-schema-file exclude each other");
  if (text != nullptr) return read_output_schema(*text, "--output-schema");
  if (file != nullptr) {
    MATVIEW_ASSIGN(const std::string content, remote::read_option_file("output-schema-file", *file, environment));
    return read_output_schema(content, fmt::format("--output-schema-file '{}'", *file));
  }
  // Of a udtf the view's schema is that of the function; a chunker's has columns of the source in front.
  if (udtf && udtf->kind == "udtf" && !udtf->output_schema.empty())
    return read_output_schema(udtf->output_schema, "the output schema in the file of --udtf");
  return fail(Error(ErrorCode::usage, "a Lance view needs its output schema")
                  .with_hint("as --output-schema 'id int64, name utf8 not null', or --output-schema-file FILE"));
}

}  // namespace

Result<CreateSpec> read_create(const CreateRequest& request, const Environment& environment) {
  CreateSpec spec;
  if (request.replace)
    return fail(Error(ErrorCode::unsupported, "the API of a Lance namespace cannot change a view")
                    .with_hint("drop it and create it again; its rows are then computed anew"));
  if (!request.tags.empty())
    return fail(
        Error(ErrorCode::unsupported, "a Lance namespace keeps no tags of views").with_hint("leave --tag away"));
  MATVIEW_ASSIGN(spec.kind, kind_of(request));
  if (request.query.empty())
    return fail(Error(ErrorCode::usage, "a Lance view needs its source query")
                    .with_hint("give it with --query or --query-file: the JSON that the Python client writes"));
  spec.source_query = request.query;
  if (!support::parse_json(request.query))
    spec.warnings.emplace_back("the source query is no JSON; it is passed on as it is, and the server may refuse it");
  MATVIEW_ASSIGN(spec.udtf, read_udtf(request, spec.kind, environment, spec.warnings));
  MATVIEW_ASSIGN(auto schema, schema_of(request, spec.udtf, environment));
  spec.output_schema = std::move(schema.base64);
  spec.schema = std::move(schema.schema);
  spec.with_no_data = !request.with_data;
  spec.auto_refresh = remote::has_flag(request.options, "auto-refresh");
  return spec;
}

}  // namespace matview::providers::lance
