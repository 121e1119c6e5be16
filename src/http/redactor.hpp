#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "matview/secret.hpp"

namespace matview::http {

/// Knows the secrets of a profile and takes them out of any text: as they are, percent-encoded, form-encoded, escaped
/// as JSON and in base64. Safe to use from several threads.
class Redactor {
 public:
  /// Secrets of fewer than 4 characters would make text unreadable and protect nothing: they are left alone.
  void add(const Secret& secret);

  /// `text` with `***` for each known secret.
  std::string mask(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Secret> forms_;  ///< each in all its spellings, longest first
};

/// True for header fields whose value is never shown: Authorization, Cookie, Set-Cookie, X-Api-Key, X-Dune-Api-Key, ….
bool is_secret_header(std::string_view name);

/// `body` with the values of members that hold secrets (password, token, secret_key, access_token, authToken,
/// storage_options, …) masked, if it is JSON or a form; else as it is.
std::string mask_body(std::string_view body);

}  // namespace matview::http
