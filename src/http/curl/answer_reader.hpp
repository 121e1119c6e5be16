#pragma once

#include <cstdint>
#include <string_view>

#include "matview/http.hpp"

namespace matview::http {

/// Puts an answer together from the pieces in which it comes.
class AnswerReader {
 public:
  /// `limit`: bytes of header fields and decoded body.
  explicit AnswerReader(std::int64_t limit) : limit_(limit) {}

  /// A status line, a field or the empty line, with its line end. False once the limit is reached.
  bool take_header(std::string_view line);
  bool take_body(std::string_view piece);

  std::int64_t size() const { return size_; }  ///< bytes taken, those of interim answers (1xx) included
  bool is_too_large() const { return size_ > limit_; }
  HttpResponse finish() { return std::move(response_); }

 private:
  bool count(std::size_t size);

  std::int64_t limit_;
  std::int64_t size_ = 0;
  bool in_body_ = false;
  HttpResponse response_;
};

}  // namespace matview::http
