#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/selection.hpp"
#include "cli/command_table.hpp"
#include "cli/session.hpp"

namespace matview::cli {

/// --all, --stale, --due, --auto, --failed, --tag, --exclude.
std::vector<OptionRow> selector_options();

/// --all-profiles, for commands that only look.
OptionRow all_profiles_option();

/// --fields.
OptionRow fields_option();

/// --kind, and what it says: `query` unless given.
OptionRow kind_option();
std::string kind_of(const Arguments& arguments);

/// The selector that the words and the flags say. Reads names from stdin for '-'.
/// `usage` for contradictions, and for no selector at all if one is needed.
Result<app::Selector> read_selector(Session& session, bool needed);

/// The profiles whose views the selector is about, as far as it names them.
std::set<std::string> profiles_of(Session& session, const app::Selector& selector);

/// Tells of the profiles that could not be asked, which does not hide the views of the others. The exit code. `what` as
/// in "1 of 3 WHAT". They stand in the JSON documents of `print_views` too: see `failures_of`.
int report_unreachable(Session& session, const std::vector<Error>& errors, std::string_view what);

/// Profiles that could not be asked, for the printers.
output::Failures failures_of(const std::vector<Error>& unreachable);

/// The ids of jobs among the words; '-' reads them from stdin, one a line. `usage` for none at all or an empty one.
Result<std::vector<std::string>> read_job_ids(Session& session);

/// `usage`, naming the providers that have it, for an option that the profile's provider does not know.
Result<void> check_provider_options(Session& session, std::string_view profile, Operation operation);

/// The SQL of `text`, --query or --query-file ('-': stdin), one of them at most; empty if there is none.
/// `usage` for more than one, a file that cannot be read, and for empty SQL.
Result<std::string> read_sql(Session& session, const std::optional<std::string>& text);

/// `usage` if more than one of the options was given.
Result<void> forbid_together(const Arguments& arguments, const std::vector<std::string>& options);

}  // namespace matview::cli
