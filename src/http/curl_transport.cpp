#include "http/curl_transport.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <random>
#include <vector>

#include "http/curl/exchange.hpp"
#include "http/curl/failure.hpp"
#include "http/curl/redirect.hpp"
#include "matview/version.hpp"
#include "support/pause.hpp"

namespace matview::http {

namespace {

constexpr int k_redirects = 5;
// A clock that counts nanoseconds would run over with the longest Duration.
constexpr std::chrono::hours k_longest{24 * 365};

/// RFC 9562, version 4.
std::string new_request_id() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::random_device device;
    for (auto& byte : bytes) byte = static_cast<unsigned char>(device());
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string id;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += fmt::format("{:02x}", bytes[i]);
  }
  return id;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

/// What would be another request, or two, once it is on the wire.
Result<void> check_request(const HttpRequest& request) {
  if (!is_token(request.method)) return fail(ErrorCode::usage, "the method of a request is no word");
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return fail(ErrorCode::usage, "the name of a header field holds characters that it may not");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return fail(Error(ErrorCode::usage, fmt::format("the value of the header field '{}' holds a line break", name))
                      .with_hint("if it is a secret from a file or command, that must hold one line"));
  }
  return {};
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(const TransportOptions& options) : options_(options) {}
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override {
    for (CURL* easy : idle_) api_->easy_cleanup(easy);
  }

  Result<HttpResponse> send(const HttpRequest& request, Control& control) override;

 private:
  Result<void> start();
  Result<HttpResponse> follow(CURL* easy, const HttpRequest& request, const Control& control);
  CURL* take();
  void give_back(CURL* easy);

  const TransportOptions options_;
  std::mutex mutex_;
  const CurlApi* api_ = nullptr;
  std::unique_ptr<CurlLoop> loop_;
  std::vector<CURL*> idle_;
};

Result<void> CurlTransport::start() {
  const std::lock_guard lock(mutex_);
  if (loop_) return {};
  MATVIEW_ASSIGN(api_, curl_api());
  loop_ = std::make_unique<CurlLoop>(*api_);
  return {};
}

CURL* CurlTransport::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      CURL* easy = idle_.back();
      idle_.pop_back();
      return easy;
    }
  }
  CURL* easy = api_->easy_init();
  if (!easy) throw std::bad_alloc();
  return easy;
}

void CurlTransport::give_back(CURL* easy) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(easy);
}

Result<HttpResponse> CurlTransport::send(const HttpRequest& request, Control& control) {
  MATVIEW_TRY(support::check_control(control));
  MATVIEW_TRY(check_request(request));
  MATVIEW_TRY(parse_url(request.url));
  MATVIEW_TRY(start());
  CURL* easy = take();
  auto response = [&] {
    if (request.headers.find("X-Request-Id")) return follow(easy, request, control);
    auto named = request;
    named.headers.add("X-Request-Id", new_request_id());
    return follow(easy, named, control);
  }();
  give_back(easy);
  return response;
}

Result<HttpResponse> CurlTransport::follow(CURL* easy, const HttpRequest& request, const Control& control) {
  const ExchangeOptions options{
      &options_, fmt::format("matview/{}", version()),
      std::chrono::steady_clock::now() + std::min<Duration>(options_.total_timeout, k_longest)};
  const auto& request_id = *request.headers.find("X-Request-Id");
  auto url = request.url;
  bool sent = false;
  for (int redirects = 0;; ++redirects) {
    MATVIEW_ASSIGN(const auto place, parse_url(url));
    auto result = exchange(*api_, *loop_, easy, request, url, options, control);
    sent = sent || result.sent;
    if (auto failure = failure_of(result, place, options_, control)) {
      failure->unanswered = sent;
      if (sent) failure->request_id = request_id;
      return fail(*std::move(failure));
    }
    MATVIEW_ASSIGN(auto next, redirect_of(*api_, request, url, result.response));
    if (!next) return std::move(result.response);
    if (redirects == k_redirects) {
      Error error(ErrorCode::unavailable,
                  fmt::format("{}:{} redirects without end: {} times so far", place.host, place.port, redirects + 1));
      error.http_status = result.response.status;
      error.unanswered = true;
      return fail(std::move(error));
    }
    url = *std::move(next);
  }
}

}  // namespace

std::unique_ptr<Transport> open_curl_transport(const TransportOptions& options) {
  return std::make_unique<CurlTransport>(options);
}

}  // namespace matview::http
