#include "http/curl/exchange.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "http/curl/answer_reader.hpp"

namespace matview::http {

namespace {

using Clock = std::chrono::steady_clock;

struct ListDeleter {
  const CurlApi* api;
  void operator()(curl_slist* list) const { api->slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

// Servers close idle connections after five seconds and more. What must not be sent twice takes no connection that the
// server may be closing in this very moment: whether such a request was carried out, nobody could tell.
constexpr long k_idle_seconds_of_submits = 3;

long milliseconds(Duration duration) {
  return std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count()));
}

/// One exchange while it runs. All but `run` is called on the loop's thread.
class Running {
 public:
  Running(const CurlApi& api, CURL* easy, const HttpRequest& request, const ExchangeOptions& options,
          const Control& control)
      : api_(api),
        easy_(easy),
        request_(request),
        options_(options),
        control_(control),
        headers_(nullptr, ListDeleter{&api}),
        reader_(options.transport->response_limit) {
    error_text_.fill('\0');
  }

  Exchange run(CurlLoop& loop, const std::string& url);

 private:
  template <typename T>
  void set(CURLoption option, T value) {
    api_.easy_setopt(easy_, option, value);
  }
  void set_request(const std::string& url);
  void set_headers();
  void set_body();
  void set_connection();
  void set_callbacks();
  void add_header(const std::string& line);

  curl_off_t bytes_of_request() const;
  curl_off_t bytes_moved() const;
  bool go_on();
  int before_request();

  const CurlApi& api_;
  CURL* easy_;
  const HttpRequest& request_;
  const ExchangeOptions& options_;
  const Control& control_;
  List headers_;
  AnswerReader reader_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};

  Cutoff cutoff_ = Cutoff::none;
  bool connected_ = false;
  bool sent_ = false;
  curl_off_t bytes_before_ = 0;  ///< libcurl counts a proxy's CONNECT as well
  curl_off_t moved_ = -1;
  Clock::time_point moved_at_{};
};

void Running::add_header(const std::string& line) {
  curl_slist* longer = api_.slist_append(headers_.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  static_cast<void>(headers_.release());
  headers_.reset(longer);
}

void Running::set_headers() {
  // An empty value is spelled with ';' for libcurl; with ':' it would take the field away.
  for (const auto& [name, value] : request_.headers) add_header(value.empty() ? name + ";" : name + ": " + value);
  // Neither a wait for leave to send the body nor a type nobody gave it.
  if (!request_.headers.find("Expect")) add_header("Expect:");
  if (!request_.headers.find("Content-Type")) add_header("Content-Type:");
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (!request_.headers.find("Accept-Encoding")) set(CURLOPT_ACCEPT_ENCODING, "gzip");
}

void Running::set_body() {
  const auto& method = request_.method;
  if (method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  const bool expects_body = method == "POST" || method == "PUT" || method == "PATCH";
  if (request_.body || expects_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body ? request_.body->size() : 0));
    set(CURLOPT_POSTFIELDS, request_.body ? request_.body->data() : "");
    if (method != "POST") set(CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void Running::set_connection() {
  const auto& transport = *options_.transport;
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(transport.connect_timeout));
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!request_.retry.if_unanswered) set(CURLOPT_MAXAGE_CONN, k_idle_seconds_of_submits);
  if (!transport.ca_file.empty()) {
    set(CURLOPT_CAINFO, transport.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // that file and not the system's as well
  }
  if (!transport.cert_file.empty()) set(CURLOPT_SSLCERT, transport.cert_file.c_str());
  if (!transport.key_file.empty()) set(CURLOPT_SSLKEY, transport.key_file.c_str());
  set(CURLOPT_KEYPASSWD, "");  // else OpenSSL would ask for one at the terminal
  set(CURLOPT_SSL_VERIFYPEER, transport.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, transport.verify_tls ? 2L : 0L);
}

void Running::set_callbacks() {
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(
      CURLOPT_PREREQFUNCTION,
      +[](void* self, char*, char*, int, int) -> int { return static_cast<Running*>(self)->before_request(); });
  set(CURLOPT_PREREQDATA, this);
  set(
      CURLOPT_HEADERFUNCTION, +[](char* data, std::size_t, std::size_t size, void* self) -> std::size_t {
        return static_cast<Running*>(self)->reader_.take_header(std::string_view(data, size)) ? size : 0;
      });
  set(CURLOPT_HEADERDATA, this);
  set(
      CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t, std::size_t size, void* self) -> std::size_t {
        return static_cast<Running*>(self)->reader_.take_body(std::string_view(data, size)) ? size : 0;
      });
  set(CURLOPT_WRITEDATA, this);
}

void Running::set_request(const std::string& url) {
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set_body();
  set_headers();
}

curl_off_t Running::bytes_of_request() const {
  long size = 0;
  api_.easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &size);
  return size;
}

curl_off_t Running::bytes_moved() const {
  curl_off_t up = 0;
  curl_off_t down = 0;
  api_.easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &up);
  api_.easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &down);  // before it is decoded
  return up + down + reader_.size();
}

/// Called when the connection stands, right before the request is written to it: again if libcurl starts anew because
/// a connection it had kept turned out to be dead.
int Running::before_request() {
  const auto bytes = bytes_of_request();
  if (connected_ && bytes > bytes_before_) sent_ = true;
  // The server may have carried out what it has not answered. libcurl would send it again whatever it is.
  if (sent_ && !request_.retry.if_unanswered) return CURL_PREREQFUNC_ABORT;
  connected_ = true;
  bytes_before_ = bytes;
  return CURL_PREREQFUNC_OK;
}

bool Running::go_on() {
  const auto now = Clock::now();
  if (control_.stop.load() != 0 || (control_.deadline && now >= *control_.deadline))
    cutoff_ = Cutoff::stop;
  else if (now >= options_.total_deadline)
    cutoff_ = Cutoff::total;
  else if (connected_) {
    if (const auto moved = bytes_moved(); moved != moved_) {
      moved_ = moved;
      moved_at_ = now;
    } else if (now - moved_at_ >= options_.transport->stall_timeout) {
      cutoff_ = Cutoff::stall;
    }
  }
  return cutoff_ == Cutoff::none;
}

Exchange Running::run(CurlLoop& loop, const std::string& url) {
  api_.easy_reset(easy_);
  set_request(url);
  set_connection();
  set_callbacks();

  Exchange result;
  result.code = loop.run(easy_, [this] { return go_on(); });
  result.cutoff = reader_.is_too_large() ? Cutoff::too_large : cutoff_;
  result.connected = connected_;
  result.sent = sent_ || (connected_ && bytes_of_request() > bytes_before_);
  result.answered = reader_.size() > 0;
  result.reason = error_text_[0] ? error_text_.data() : api_.easy_strerror(result.code);
  api_.easy_getinfo(easy_, CURLINFO_OS_ERRNO, &result.os_error);
  api_.easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &result.proxy_status);
  result.response = reader_.finish();
  // It points into this object.
  api_.easy_reset(easy_);
  return result;
}

}  // namespace

Exchange exchange(const CurlApi& api, CurlLoop& loop, CURL* easy, const HttpRequest& request, const std::string& url,
                  const ExchangeOptions& options, const Control& control) {
  return Running(api, easy, request, options, control).run(loop, url);
}

}  // namespace matview::http
