#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

namespace matview::test {

/// An https server on 127.0.0.1 with a certificate that it signed itself, for `host`; see tls_server.mjs.
class TlsServer {
 public:
  /// `manner`: "http/1.1" for a server that does not offer HTTP/2, "mutual" for one that asks for a certificate.
  explicit TlsServer(std::string_view host = "localhost", std::string_view manner = "");

  /// By the name "localhost".
  std::string url(std::string_view path = "/") const;
  std::string place() const;
  /// Its certificate: whoever trusts this trusts the server.
  std::string certificate() const { return (folder_.path() / "cert.pem").string(); }
  std::string key() const { return (folder_.path() / "key.pem").string(); }

 private:
  TemporaryDirectory folder_;
  std::optional<Process> process_;
  int port_ = 0;
};

}  // namespace matview::test
