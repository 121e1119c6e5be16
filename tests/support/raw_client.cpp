#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace matview::test {

std::string Seen::body() const {
  const auto at = text.find("\r\n\r\n");
  return at == std::string::npos ? "" : text.substr(at + 4);
}

int dial(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

Seen talk(int port, const std::string& request, std::size_t enough, int patience) {
  Seen seen;
  const int socket = dial(port);
  if (socket < 0) throw std::runtime_error("nobody listens on port " + std::to_string(port));
  // Quietly, since it may be reset while we send.
  ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
  std::array<char, 65536> buffer;
  for (pollfd polled{socket, POLLIN, 0}; seen.text.size() < enough && ::poll(&polled, 1, patience) > 0;) {
    const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
    seen.reset = got < 0 && errno == ECONNRESET;
    seen.closed = got == 0;
    if (got <= 0) break;
    seen.text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(socket);
  return seen;
}

std::string raw_request(std::string_view method, std::string_view path, const std::vector<std::string>& fields,
                        std::string_view body) {
  std::string text = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  for (const auto& field : fields) text += field + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace matview::test
