#include "unit/http/socket_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <stdexcept>

namespace matview::test {

namespace {

int listen_on_loopback(int& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (socket < 0 || ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket, 128) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  port = ntohs(address.sin_port);
  return socket;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::optional<std::string> ReceivedRequest::field(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const auto end = head.find("\r\n", at + 2);
    const auto line = head.substr(at + 2, end - at - 2);
    const auto colon = line.find(':');
    if (colon != std::string::npos && lower(line.substr(0, colon)) == lower(name)) {
      const auto begin = line.find_first_not_of(' ', colon + 1);
      return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    at = end;
  }
  return std::nullopt;
}

std::optional<ReceivedRequest> Peer::read_head() {
  while (true) {
    if (const auto end = buffer_.find("\r\n\r\n"); end != std::string::npos) {
      ReceivedRequest request{buffer_.substr(0, end + 2), {}};
      buffer_.erase(0, end + 4);
      return request;
    }
    char piece[4096];
    const auto size = ::recv(socket_, piece, sizeof piece, 0);
    if (size <= 0) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(size));
  }
}

std::optional<ReceivedRequest> Peer::read() {
  auto request = read_head();
  if (!request) return std::nullopt;
  const auto length = std::stoul(request->field("Content-Length").value_or("0"));
  while (buffer_.size() < length) {
    char piece[65536];
    const auto size = ::recv(socket_, piece, sizeof piece, 0);
    if (size <= 0) return std::nullopt;
    buffer_.append(piece, static_cast<std::size_t>(size));
  }
  request->body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return request;
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void Peer::close() { ::shutdown(socket_, SHUT_RDWR); }

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  // A reset is sent when the descriptor goes; the number stays taken until the server is done with it.
  const int nothing = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::dup3(nothing, socket_, O_CLOEXEC);
  ::close(nothing);
}

void Peer::wait_for_end() {
  char byte = 0;
  static_cast<void>(::recv(socket_, &byte, 1, MSG_PEEK));
}

void Peer::wait_until_shut() {
  pollfd gone{socket_, POLLRDHUP, 0};
  static_cast<void>(::poll(&gone, 1, -1));
}

void Peer::drain() {
  char piece[65536];
  while (::recv(socket_, piece, sizeof piece, 0) > 0) {
  }
}

SocketServer::SocketServer(Serve serve) : serve_(std::move(serve)) {
  static const bool without_proxies = [] {
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
    return true;
  }();
  static_cast<void>(without_proxies);
  listener_ = listen_on_loopback(port_);
  acceptor_ = std::thread([this] { accept_all(); });
}

SocketServer::~SocketServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& peer : peers_) ::shutdown(peer.socket_, SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
  for (auto& peer : peers_) ::close(peer.socket_);
}

void SocketServer::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto& peer = peers_.emplace_back(socket, ++connections_);
    threads_.emplace_back([this, &peer] {
      serve_(peer);
      ::shutdown(peer.socket_, SHUT_RDWR);
      ++ended_;
    });
  }
}

SocketServer::Serve SocketServer::answering(Answer answer) {
  return [answer = std::move(answer)](Peer& peer) {
    while (auto request = peer.read())
      if (!peer.write(answer(*request))) return;
  };
}

std::string SocketServer::url(std::string_view path) const { return fmt::format("http://{}{}", place(), path); }
std::string SocketServer::place() const { return fmt::format("127.0.0.1:{}", port_); }

std::string answer(int status, std::string_view body, std::string_view fields) {
  return fmt::format("HTTP/1.1 {} Words\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), fields, body);
}

int closed_port() {
  int port = 0;
  ::close(listen_on_loopback(port));
  return port;
}

}  // namespace matview::test
