#include "http/curl/answer_reader.hpp"

#include <charconv>
#include <string>

namespace matview::http {

namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view k_blank = " \t\r\n";
  const auto first = text.find_first_not_of(k_blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blank) - first + 1);
}

/// "HTTP/1.1 204 No Content", "HTTP/2 204".
int status_of(std::string_view line) {
  int status = 0;
  const auto space = line.find(' ');
  if (space != std::string_view::npos) {
    const auto digits = line.substr(space + 1, 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), status);
  }
  return status;
}

}  // namespace

bool AnswerReader::count(std::size_t size) {
  size_ += static_cast<std::int64_t>(size);
  return !is_too_large();
}

bool AnswerReader::take_header(std::string_view line) {
  if (!count(line.size())) return false;
  if (in_body_) return true;  // a trailer: nothing here asks for one
  if (line.starts_with("HTTP/")) {
    response_ = {.status = status_of(line)};  // after an interim answer the real one
    return true;
  }
  const auto colon = line.find(':');
  // What is folded onto a second line (obsolete since RFC 7230) is left out.
  if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t') return true;
  response_.headers.add(std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  return true;
}

bool AnswerReader::take_body(std::string_view piece) {
  in_body_ = true;
  if (!count(piece.size())) return false;
  response_.body.append(piece);
  return true;
}

}  // namespace matview::http
