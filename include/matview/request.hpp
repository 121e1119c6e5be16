#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matview/result.hpp"
#include "matview/time.hpp"

namespace matview {

/// Options that only some providers have, by the name of their flag without dashes.
/// A flag without a value is present with no values; one that may be repeated has several.
using OptionValues = std::map<std::string, std::vector<std::string>>;

struct CreateRequest {
  std::string name;
  std::string query;  ///< the view's SELECT; empty where the provider takes something else
  std::string kind = "query";
  bool with_data = false;
  bool no_data = false;  ///< asked for in so many words; without either the provider's default holds
  bool if_not_exists = false;
  bool replace = false;
  std::vector<std::string> tags;
  OptionValues options;
};

struct RefreshRequest {
  std::string name;
  bool full = false;   ///< recompute everything
  bool force = false;  ///< refresh although fresh or in the same window
  OptionValues options;
  bool unattended = false;   ///< by --due, --auto or --stale, not by name: failures in a row suspend the view
  Duration lock_timeout{0};  ///< wait for another process that refreshes the view so long, then `locked`
};

struct DropRequest {
  std::string name;
  bool if_exists = false;
  OptionValues options = {};
};

struct ListRequest {
  bool freshness = false;     ///< look at the sources too; costs a look at every one of them
  bool details = false;       ///< all that one request a view can tell
  OptionValues options = {};  ///< such as all-tables
  bool auto_refresh = false;  ///< fill `View::auto_due`; costs a look at the sources of views that refresh themselves
};

struct DescribeRequest {
  std::string name;
  bool versions = false;
  OptionValues options = {};
};

struct HistoryRequest {
  std::string name;
  std::int64_t limit = 20;
  OptionValues options = {};
};

struct QueryRequest {
  std::string sql;
  std::optional<std::int64_t> version;  ///< of the one view the query reads
  bool json = false;                    ///< nested values as values, not as text
  OptionValues options;
};

struct VerifyRequest {
  std::string name;
  std::int64_t samples = 5;  ///< differing rows to bring back at most
  OptionValues options;
};

/// Of a view that exists, or of a definition before anything is created.
struct ExplainRequest {
  std::string name;
  std::optional<CreateRequest> definition;
  OptionValues options = {};
};

struct GcRequest {
  bool dry_run = false;
  std::optional<Duration> grace;  ///< keep what was unused for less than this
};

}  // namespace matview
