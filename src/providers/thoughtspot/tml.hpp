#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matview/result.hpp"

namespace matview::providers::thoughtspot {

/// What is to be known of a TML document before it is sent. TML is YAML or JSON; of YAML the block style is read, which
/// is what ThoughtSpot exports.
struct TmlOutline {
  std::string kind;  ///< view, sql_view, or another object's
  std::string name;
  std::string guid;  ///< at the root; empty if there is none
};

/// `usage` for a document that is neither, has no name, or is not of exactly one view.
Result<TmlOutline> read_tml(std::string_view tml);

/// The document with this guid at its root, in the place of one that is there: it then changes that object and makes no
/// new one. ThoughtSpot heeds a guid nowhere else.
std::string with_guid(std::string_view tml, std::string_view guid);

/// A column of an SQL view.
struct TmlColumn {
  std::string name;
  bool measure = false;  ///< else an attribute
};

/// NAME[:attribute|measure],…
Result<std::vector<TmlColumn>> parse_columns(std::string_view text);

struct SqlView {
  std::string name;
  std::string connection;  ///< name or GUID
  std::string query;
  std::vector<TmlColumn> columns;
};

/// The TML of an SQL view, as JSON.
std::string sql_view_tml(const SqlView& view);

}  // namespace matview::providers::thoughtspot
