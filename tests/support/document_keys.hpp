#pragma once

#include <string>
#include <vector>

namespace matview::test {

/// The keys of a view and of a job in -o json, in their order: what scripts of others rely on.
inline const std::vector<std::string> k_view_keys{"name",
                                                  "profile",
                                                  "provider",
                                                  "kind",
                                                  "freshness",
                                                  "state",
                                                  "version",
                                                  "rows",
                                                  "bytes",
                                                  "created_at",
                                                  "refreshed_at",
                                                  "refresh_mode",
                                                  "refresh_reason",
                                                  "schedule",
                                                  "auto_refresh",
                                                  "sources",
                                                  "depends_on",
                                                  "tags",
                                                  "last_job",
                                                  "definition",
                                                  "native",
                                                  "suspended",
                                                  "suspended_reason",
                                                  "next_refresh_at",
                                                  "due"};
inline const std::vector<std::string> k_job_keys{
    "id",         "view",       "profile",      "provider",   "operation",   "state",
    "mode",       "reason",     "submitted_at", "started_at", "finished_at", "elapsed_seconds",
    "rows_total", "rows_added", "rows_removed", "version",    "error",       "native"};

}  // namespace matview::test
