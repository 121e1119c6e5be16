#pragma once

#include <string>
#include <string_view>

#include "matview/result.hpp"

namespace matview::output {

/// Where output goes. Not for several threads at once.
///
/// A reader that went away (`matview list | head`) is no error: what is written from then on is dropped and `closed`
/// is true, so that whoever has much to write can stop. Every other failure, a full disk among them, is `failed`
/// with "cannot write output: …", and every later call gives that failure again.
class Sink {
 public:
  virtual ~Sink() = default;

  /// May hold the text back until `flush`.
  virtual Result<void> write(std::string_view text) = 0;
  virtual Result<void> flush() = 0;
  virtual bool closed() const { return false; }
};

/// Writes to a file descriptor, which it does not own, in blocks of 64 KiB. The process must ignore SIGPIPE.
/// Nothing is written by the destructor: an error would be lost there.
class FdSink : public Sink {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  FdSink(const FdSink&) = delete;
  FdSink& operator=(const FdSink&) = delete;

  Result<void> write(std::string_view text) override;
  Result<void> flush() override;
  bool closed() const override { return closed_; }

 private:
  Result<void> write_all(std::string_view text);

  int fd_;
  int error_ = 0;
  bool closed_ = false;
  std::string buffer_;
};

/// Keeps what is written, for tests and for output that goes on elsewhere.
class StringSink : public Sink {
 public:
  Result<void> write(std::string_view text) override {
    text_.append(text);
    return {};
  }
  Result<void> flush() override { return {}; }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace matview::output
