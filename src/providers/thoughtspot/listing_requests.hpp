#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matview/result.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

/// Which logical tables to list.
struct ListSpec {
  std::vector<std::string> subtypes = {};  ///< all if empty
  std::string pattern = {};                ///< part of a name, in any case; all if empty
  std::vector<std::string> ids = {};       ///< all if empty
  std::int64_t offset = 0;
  std::optional<Header> assumed = {};  ///< what a dry run takes for found
};

/// Objects asked for at a time.
constexpr std::int64_t k_page_size = 500;

/// GET metadata/list. Software 7.2.1 and later.
HttpRequest list_request(const Address& address, const ListSpec& spec);
/// GET metadata/listobjectheaders: before that.
HttpRequest old_list_request(const Address& address, const ListSpec& spec);
/// GET metadata/details. Software 7.1.1 and later.
HttpRequest details_request(const Address& address, const Header& header);

struct Page {
  std::vector<Header> headers;
  bool last = false;
  std::int64_t count = 0;  ///< objects the server sent, those that cannot be read among them
};

/// 204 is an empty page.
Result<Page> read_list(const HttpResponse& response);
/// Tells no subtypes: all are what was asked for.
Result<Page> read_old_list(const HttpResponse& response, const ListSpec& spec);

/// What details tell of a view.
struct Details {
  std::vector<std::pair<std::string, std::string>> columns;  ///< name, type
  std::vector<std::string> tables;                           ///< it reads: names, or ids where there are none
  std::string sql;                                           ///< of an SQL view
  Value materialization;                                     ///< as of a header
};

Result<Details> read_details(const HttpResponse& response, const Header& header);

}  // namespace matview::providers::thoughtspot
