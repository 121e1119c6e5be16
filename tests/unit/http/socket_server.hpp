#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace matview::test {

struct ReceivedRequest {
  std::string head;  ///< request line and fields, with their line ends
  std::string body;
  std::string line() const { return head.substr(0, head.find("\r\n")); }
  /// The value of a field, its name in any case; empty without one.
  std::optional<std::string> field(std::string_view name) const;
};

/// One connection as the server sees it.
class Peer {
 public:
  Peer(int socket, int number) : socket_(socket), number_(number) {}

  /// Empty once the other side has closed.
  std::optional<ReceivedRequest> read();
  /// Only the request line and the fields; the body stays unread.
  std::optional<ReceivedRequest> read_head();
  /// False once the other side has closed.
  bool write(std::string_view bytes);
  void close();
  /// Ends the connection with a TCP reset.
  void reset();
  /// Waits until the other side closes or sends something.
  void wait_for_end();
  /// Reads nothing until the other side is gone or the server ends.
  void wait_until_shut();
  /// Reads and drops everything until the other side closes.
  void drain();
  int number() const { return number_; }  ///< 1 for the first connection

 private:
  friend class SocketServer;
  int socket_;
  int number_;
  std::string buffer_;
};

/// A server on 127.0.0.1 whose every byte the test decides. Each connection has a thread of its own.
class SocketServer {
 public:
  using Serve = std::function<void(Peer&)>;
  using Answer = std::function<std::string(const ReceivedRequest&)>;

  explicit SocketServer(Serve serve);
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  ~SocketServer();

  /// Answers each request, on connections that stay open.
  static Serve answering(Answer answer);

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  std::string place() const;  ///< "127.0.0.1:PORT"
  int connections() const { return connections_; }
  int ended() const { return ended_; }  ///< connections that the server has closed

 private:
  void accept_all();

  Serve serve_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> ended_{0};
  std::list<Peer> peers_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A whole answer with Content-Length.
std::string answer(int status, std::string_view body = "", std::string_view fields = "");

/// A port on 127.0.0.1 where nobody listens.
int closed_port();

}  // namespace matview::test
