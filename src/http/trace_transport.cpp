#include "http/trace_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "http/secret_names.hpp"
#include "support/duration.hpp"
#include "support/text.hpp"
#include "support/time_text.hpp"

namespace matview::http {

namespace {

constexpr std::size_t k_shown_bytes = 16 << 10;
constexpr std::string_view k_mask = "***";

std::string line(std::string_view text) { return support::strip_control(text); }

bool is_text(std::string_view body) {
  return body.find('\0') == std::string_view::npos && support::valid_utf8(body) == body;
}

/// Cut, between two characters, to what one exchange may show.
std::string cut(std::string text) {
  if (text.size() <= k_shown_bytes) return text;
  auto end = k_shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  const auto left_out = static_cast<std::int64_t>(text.size() - end);
  text.resize(end);
  return text + fmt::format("\n[and {} more]", support::count_noun(left_out, "byte"));
}

std::string shown_headers(char direction, const HttpHeaders& headers) {
  std::string text;
  for (const auto& [name, value] : headers)
    text += fmt::format("{} {}: {}\n", direction, line(name), is_secret_header(name) ? k_mask : line(value));
  return text;
}

std::string shown_body(std::string_view body, const Redactor& redactor) {
  if (body.empty()) return {};
  if (!is_text(body))
    return fmt::format("[{} that are not text]\n", support::count_noun(static_cast<std::int64_t>(body.size()), "byte"));
  auto text = cut(support::strip_control(redactor.mask(mask_body(body)), support::Newlines::keep));
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

/// What comes back from such a path as plain text is the token itself.
bool answers_with_secret(const HttpRequest& request, const HttpResponse& response) {
  const std::string_view url = request.url;
  const auto path = url.substr(0, url.find_first_of("?#"));
  const auto first = response.body.find_first_not_of(" \t\r\n");
  const bool has_members = first != std::string::npos && (response.body[first] == '{' || response.body[first] == '[');
  return !has_members && (path.ends_with("token") || path.find("/token/") != std::string_view::npos);
}

}  // namespace

TraceTransport::TraceTransport(Transport& next, TraceSink sink, const Redactor& redactor,
                               const Environment& environment)
    : next_(next), sink_(std::move(sink)), redactor_(redactor), environment_(environment) {}

Result<HttpResponse> TraceTransport::send(const HttpRequest& request, Control& control) {
  const auto began = environment_.now();
  const auto started = std::chrono::steady_clock::now();
  auto result = next_.send(request, control);
  const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);

  // Secrets that came up with this very answer are known by now to nobody but the names of their fields.
  std::string text = fmt::format("* {} {}\n", support::format_rfc3339(began), line(redactor_.mask(request.purpose)));
  text += fmt::format("> {} {}\n", line(request.method), line(redactor_.mask(mask_address(request.url))));
  text += redactor_.mask(shown_headers('>', request.headers));
  if (request.body) text += shown_body(*request.body, redactor_);
  if (!result) {
    text += fmt::format("< {} ({})\n", line(redactor_.mask(result.error().message)), support::format_duration(took));
  } else {
    text += fmt::format("< {} ({})\n", result->status, support::format_duration(took));
    text += redactor_.mask(shown_headers('<', result->headers));
    const bool hidden = request.private_answer || answers_with_secret(request, *result);
    text += hidden && !result->body.empty() ? fmt::format("{}\n", k_mask) : shown_body(result->body, redactor_);
  }
  sink_(text + "\n");
  return result;
}

}  // namespace matview::http
