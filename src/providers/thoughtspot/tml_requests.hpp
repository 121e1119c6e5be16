#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"
#include "providers/thoughtspot/header.hpp"
#include "providers/thoughtspot/request.hpp"

namespace matview::providers::thoughtspot {

struct ImportSpec {
  std::string name;  ///< of the view, for messages
  std::string tml;
  bool validate_only = false;
};

/// POST metadata/tml/import, with policy ALL_OR_NONE or VALIDATE_ONLY. Version 1: Software 7.1.1 and later.
HttpRequest import_request(const Address& address, const ImportSpec& spec);
HttpRequest import_request_v2(const Address& address, const ImportSpec& spec);

/// What came of one imported object.
struct Imported {
  std::string guid;     ///< empty where the server does not tell
  std::string warning;  ///< of one that was accepted all the same
};

/// Of both versions. The status is 200 also for an object that failed: what the object's own status says decides.
Result<Imported> read_import(const HttpResponse& response);

/// POST metadata/tml/export, without the objects the view reads. `format` is YAML or JSON.
HttpRequest export_request(const Address& address, const Header& view, std::string_view format);
HttpRequest export_request_v2(const Address& address, const Header& view, std::string_view format);

/// The TML. Of both versions; the status is 200 also where the user may not see the object.
Result<std::string> read_export(const HttpResponse& response);

}  // namespace matview::providers::thoughtspot
