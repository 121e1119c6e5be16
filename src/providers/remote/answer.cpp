#include "providers/remote/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::remote {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string_view words_of(int status) {
  switch (status) {
    case 400: return "bad request";
    case 401: return "not logged in";
    case 402: return "payment required";
    case 403: return "not permitted";
    case 404: return "not found";
    case 405: return "method not allowed";
    case 408: return "request timed out";
    case 409: return "conflict";
    case 429: return "too many requests";
    case 500: return "internal error of the server";
    case 502: return "bad gateway";
    case 503: return "service unavailable";
    case 504: return "gateway timed out";
    default: return status >= 300 && status < 400 ? "unexpected redirect" : "refused";
  }
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403: return ErrorCode::auth;
    case 404:
    case 410: return ErrorCode::not_found;
    case 405:
    case 406:
    case 501: return ErrorCode::unsupported;
    case 408:
    case 429: return ErrorCode::unavailable;
    case 409: return ErrorCode::conflict;
    default: return status >= 500 ? ErrorCode::unavailable : ErrorCode::failed;
  }
}

}  // namespace

bool is_success(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

bool is_html(const HttpResponse& response) {
  const auto* type = response.headers.find("Content-Type");
  if (type != nullptr && lower(*type).find("text/html") != std::string::npos) return true;
  const auto start = lower(trim(response.body).substr(0, 16));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

Result<Value> json_body(const HttpResponse& response) {
  const auto wrong = [&](std::string message) {
    Error error(ErrorCode::unavailable, std::move(message));
    error.http_status = response.status;
    error.unanswered = true;
    return fail(std::move(error));
  };
  if (is_html(response))
    return wrong(fmt::format("the server answered with a web page and not with data (HTTP {})", response.status));
  auto value = support::parse_json(response.body);
  if (!value) return wrong(fmt::format("the server's answer is not whole JSON ({})", value.error().message));
  return value;
}

Error http_error(const HttpResponse& response, std::string_view said) {
  const std::string_view words = said.empty() ? words_of(response.status) : said;
  Error error(code_of(response.status), fmt::format("{} (HTTP {})", support::strip_control(words), response.status));
  error.http_status = response.status;
  error.retryable = error.code == ErrorCode::unavailable;
  for (const char* name : {"x-request-id", "x-callosum-incident-id", "x-callosum-trace-id", "x-amzn-requestid"})
    if (const auto* id = response.headers.find(name); id != nullptr && error.request_id.empty())
      error.request_id = support::strip_control(*id);
  return error;
}

std::string first_line(std::string_view body) {
  constexpr std::size_t k_most = 200;
  std::string plain;
  bool in_tag = false;
  for (const char c : body.substr(0, 16 * 1024)) {
    if (c == '<') in_tag = true;
    if (!in_tag) plain += c;
    if (c == '>') {
      in_tag = false;
      plain += '\n';
    }
  }
  std::string_view rest = trim(plain);
  std::string line = support::strip_control(trim(rest.substr(0, rest.find('\n'))));
  if (line.size() > k_most) line = support::valid_utf8(std::string_view(line).substr(0, k_most)) + "…";
  return line;
}

Error with_request(Error error, const HttpRequest& request) {
  if (!error.detail.empty()) error.detail += "\n";
  error.detail += fmt::format("request: {} {}", request.method, request.url.substr(0, request.url.find('?')));
  return error;
}

}  // namespace matview::providers::remote
