#include "output/sink.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

using matview::output::FdSink;

namespace {

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void close_reader() {
    ::close(ends[0]);
    ends[0] = -1;
  }
};

}  // namespace

TEST_CASE("text is held back until it is flushed") {
  Pipe pipe;
  FdSink sink(pipe.ends[1]);
  REQUIRE(sink.write("one "));
  REQUIRE(sink.write("two"));
  ::fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK);
  char buffer[16];
  CHECK(::read(pipe.ends[0], buffer, sizeof buffer) == -1);
  REQUIRE(sink.flush());
  const auto size = ::read(pipe.ends[0], buffer, sizeof buffer);
  REQUIRE(size == 7);
  CHECK(std::string(buffer, 7) == "one two");
}

TEST_CASE("a reader that went away is no error, and the sink says that it is closed") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  FdSink sink(pipe.ends[1]);
  pipe.close_reader();
  CHECK_FALSE(sink.closed());
  CHECK(sink.write("x"));
  CHECK(sink.flush());
  CHECK(sink.closed());
  CHECK(sink.write(std::string(1 << 20, 'x')));
}

TEST_CASE("a full disk is an error that does not go away") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  FdSink sink(full);
  REQUIRE(sink.write("x"));
  const auto flushed = sink.flush();
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().code == matview::ErrorCode::failed);
  CHECK(flushed.error().message == "cannot write output: No space left on device");
  CHECK_FALSE(sink.write("y"));
  CHECK_FALSE(sink.flush());
  ::close(full);
}

TEST_CASE("a descriptor that is not open is an error") {
  FdSink sink(-1);
  REQUIRE(sink.write("x"));
  CHECK_FALSE(sink.flush());
}
