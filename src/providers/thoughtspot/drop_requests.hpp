#pragma once

#include <vector>

#include "matview/result.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

/// GET dependency/logicaltable: what reads a view.
HttpRequest dependents_request(const Address& address, const Header& view);
/// POST dependency/listdependents: the same where that is missing.
HttpRequest list_dependents_request(const Address& address, const Header& view);

/// Something that reads a view.
struct Dependent {
  std::string kind;  ///< "liveboard", "answer", "view or worksheet", or the server's word
  Header header;
};

/// Of both calls.
Result<std::vector<Dependent>> read_dependents(const HttpResponse& response, const Header& view);

/// POST metadata/delete. Version 1: Software 9.0.1 and later.
HttpRequest delete_request(const Address& address, const Header& view);
HttpRequest delete_request_v2(const Address& address, const Header& view);

/// A view that was gone already is a success.
Result<void> read_delete(const HttpResponse& response);

}  // namespace matview::providers::thoughtspot
