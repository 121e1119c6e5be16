#pragma once

#include <string>
#include <string_view>

namespace matview::http {

/// True for a member of a JSON object or form that holds a secret, however it is written: secret_key, authToken. What
/// stands below storage_options or env_vars counts as one, tokens of pages do not.
bool is_secret_name(std::string_view name);

/// A form or the query of an address, with the values of such fields masked.
std::string mask_form(std::string_view form);

/// An address as it may be shown: without the password it may hold before its host, or in its query, or, of a
/// "host=… password=…" text, beside its host. It need not be right: what is wrong is shown as well.
std::string mask_address(std::string_view address);

}  // namespace matview::http
