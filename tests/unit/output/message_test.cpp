#include "output/message.hpp"

#include <doctest/doctest.h>

#include "support/json.hpp"
#include "unit/output/samples.hpp"

using namespace matview::output;
using matview::Error;
using matview::ErrorCode;

namespace {

Error refused() {
  auto error = Error(ErrorCode::auth, "cannot refresh 'dune:x': the API key was refused (HTTP 401: \x1b[31mInvalid)")
                   .with_detail("SELECT nope\n       ^\n\nsee above\n")
                   .with_hint("set DUNE_API_KEY");
  error.provider = "dune";
  error.profile = "prod";
  error.http_status = 401;
  error.request_id = "r-1";
  return error;
}

}  // namespace

TEST_CASE("an error is a message, its details indented, and a hint") {
  CHECK(render_error(refused(), Format::table, samples::piped()) ==
        "error: cannot refresh 'dune:x': the API key was refused (HTTP 401: Invalid)\n"
        "  SELECT nope\n"
        "         ^\n"
        "\n"
        "  see above\n"
        "hint: set DUNE_API_KEY\n");
  CHECK(render_error(Error(ErrorCode::failed, "no"), Format::csv, samples::piped()) == "error: no\n");
}

TEST_CASE("an error as JSON is one line with exactly the keys of the contract") {
  CHECK(render_error(refused(), Format::json, samples::terminal()) ==
        R"J({"error":{"code":"AUTH","exit_code":4,"message":"cannot refresh 'dune:x': the API key was refused )J"
        R"J((HTTP 401: \u001b[31mInvalid)","hint":"set DUNE_API_KEY","provider":"dune","profile":"prod",)J"
        R"("http_status":401,"request_id":"r-1","retryable":false}})"
        "\n");
}

TEST_CASE("warnings and notes follow the format") {
  auto style = samples::piped();
  CHECK(render_warning("old\nrows", Format::table, style) == "warning: old rows\n");
  CHECK(render_warning("old", Format::jsonl, style) == "{\"warning\":{\"message\":\"old\"}}\n");
  CHECK(render_note("nothing to do", Format::table, style) == "nothing to do\n");
  CHECK(render_note("nothing to do", Format::json, style).empty());
  style.quiet = true;
  CHECK(render_note("nothing to do", Format::table, style).empty());
}

TEST_CASE("only the labels are coloured") {
  auto style = samples::piped();
  style.color = true;
  CHECK(render_error(Error(ErrorCode::failed, "no").with_hint("do"), Format::table, style) ==
        "\x1b[31merror:\x1b[0m no\n\x1b[1mhint:\x1b[0m do\n");
}
