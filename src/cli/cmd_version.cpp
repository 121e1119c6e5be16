#include "cli/cmd_version.hpp"

#include <fmt/format.h>

#include "cli/session.hpp"
#include "matview/version.hpp"
#include "support/json.hpp"

namespace matview::cli {

namespace {

Result<int> run(Session& session) {
  std::string text = fmt::format("matview {}\n", version());
  if (output::is_json(session.format())) {
    Value document;
    document.set("schema_version", 1).set("name", "matview").set("version", version());
    text = support::to_json(document, true) + "\n";
    if (session.format() == output::Format::jsonl)
      text = support::to_json(Value::Object{{"event", "result"}, {"version", version()}}) + "\n" +
             support::to_json(Value::Object{{"event", "summary"}, {"count", 1}}) + "\n";
  }
  if (!session.quiet()) MATVIEW_TRY(session.out().write(text));
  MATVIEW_TRY(session.out().flush());
  return 0;
}

}  // namespace

Command version_command() {
  CommandRow row{"version", "", ValueKind::none, 0, 0, "tell the version of matview", "", {}};
  row.examples = {"matview version", "matview version -o json"};
  return {std::move(row), run, false};
}

}  // namespace matview::cli
