#include "unit/http/tls_server.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace matview::test {

TlsServer::TlsServer(std::string_view host, std::string_view manner) {
  Command openssl;
  openssl.program = "/usr/bin/openssl";
  openssl.directory = folder_.path();
  openssl.arguments = {"req",
                       "-x509",
                       "-newkey",
                       "ec",
                       "-pkeyopt",
                       "ec_paramgen_curve:prime256v1",
                       "-nodes",
                       "-days",
                       "2",
                       "-keyout",
                       "key.pem",
                       "-out",
                       "cert.pem",
                       "-subj",
                       fmt::format("/CN={}", host),
                       "-addext",
                       fmt::format("subjectAltName=DNS:{}", host)};
  if (const auto made = run(openssl); made.exit_code != 0) throw std::runtime_error("no certificate: " + made.err);

  Command node;
  node.program = MATVIEW_NODE;
  node.terminal = true;  // whose end it sees when this process dies
  node.arguments = {MATVIEW_TLS_SERVER, folder_.path().string()};
  if (!manner.empty()) node.arguments.emplace_back(manner);
  process_.emplace(node);
  if (!process_->wait_for("listening")) throw std::runtime_error("the server did not start: " + process_->wait().out);
  port_ = std::stoi(read_file(folder_.path() / "port"));
}

std::string TlsServer::url(std::string_view path) const { return fmt::format("https://{}{}", place(), path); }
std::string TlsServer::place() const { return fmt::format("localhost:{}", port_); }

}  // namespace matview::test
