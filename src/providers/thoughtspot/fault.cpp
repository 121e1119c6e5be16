#include "providers/thoughtspot/fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "providers/remote/answer.hpp"
#include "providers/remote/fields.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::providers::thoughtspot {

namespace {

constexpr std::size_t k_longest_line = 300;
// A body nests three levels deep at most, and a text holds JSON once.
constexpr int k_deepest = 12;

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n;");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n;") - begin + 1);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

class FaultReader {
 public:
  void read(const Value& value, int depth) {
    if (depth > k_deepest) return;
    if (const auto* object = value.if_object())
      for (const auto& [key, member] : *object) read_member(value, key, member, depth);
    else if (const auto* array = value.if_array())
      for (const auto& element : *array) read(element, depth + 1);
  }

  Fault take() && {
    fault_.text = plain_line(support::join(texts_, "; "));
    return std::move(fault_);
  }

 private:
  void read_member(const Value& object, const std::string& key, const Value& member, int depth) {
    if ((key == "code" || key == "error_code") && !fault_.code) fault_.code = remote::integer(object, key);
    const auto* text = member.if_string();
    if (text != nullptr) {
      if (key == "incident_id_guid" && fault_.incident.empty()) fault_.incident = support::strip_control(*text);
      if (key == "trace_id_guid" && fault_.trace.empty()) fault_.trace = support::strip_control(*text);
    }
    if (key == "debug" || key == "message" || key == "error_message") read_text(member, depth + 1);
    if (text == nullptr) read(member, depth + 1);
  }

  void read_text(const Value& value, int depth) {
    if (depth > k_deepest) return;
    if (const auto* array = value.if_array())
      for (const auto& element : *array) read_text(element, depth);
    const auto* text = value.if_string();
    if (text == nullptr) return;
    // `debug` is mostly a JSON list of texts, written as a text.
    if (const auto start = trim(*text); start.starts_with('[') || start.starts_with('{'))
      if (const auto inner = support::parse_json(*text))
        return inner->if_array() ? read_text(*inner, depth + 1) : read(*inner, depth + 1);
    keep(plain_line(*text), depth);
  }

  // The innermost says most; of several at one depth the first two.
  void keep(std::string line, int depth) {
    if (line.empty() || line == "null" || depth < depth_) return;
    if (depth > depth_) texts_.clear();
    depth_ = depth;
    if (texts_.size() < 2 && std::find(texts_.begin(), texts_.end(), line) == texts_.end())
      texts_.push_back(std::move(line));
  }

  Fault fault_;
  std::vector<std::string> texts_;
  int depth_ = 0;
};

Fault read_body(const HttpResponse& response) {
  Fault fault;
  if (remote::is_html(response)) return fault;
  const auto document = support::parse_json(response.body);
  if (document) fault = read_fault(*document);
  if (!document) fault.text = plain_line(remote::first_line(response.body));
  if (document && document->if_string() != nullptr) fault.text = plain_line(*document->if_string());
  return fault;
}

std::optional<ErrorCode> code_of(const Fault& fault) {
  if (!fault.code) return std::nullopt;
  switch (*fault.code) {
    case 10001:
    case 30000: return ErrorCode::unavailable;
    case 10003:
    case 10004:
    case 10023:
    case 10097: return ErrorCode::auth;
    case 10002:
    case 10007: return ErrorCode::failed;
    case 10005:
    case k_object_not_found: return ErrorCode::not_found;
    case 13005: return ErrorCode::conflict;
    default: return std::nullopt;
  }
}

}  // namespace

std::string plain_line(std::string_view text) {
  std::string line(text.substr(0, 16 * 1024));
  for (const std::string_view tag : {"<br/>", "<br />", "<br>"}) replace_all(line, tag, "; ");
  constexpr std::string_view k_message = "Error Message:";
  if (const auto at = line.find(k_message); at != std::string::npos) line.erase(0, at + k_message.size());
  line = std::string(trim(line));
  line = std::string(trim(line.substr(0, line.find_first_of("\r\n"))));
  line = support::strip_control(line);
  if (line.size() > k_longest_line) {
    // Not into the middle of a character.
    std::size_t end = k_longest_line;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    line = line.substr(0, end) + "…";
  }
  return line;
}

Fault read_fault(const Value& document) {
  FaultReader reader;
  reader.read(document, 0);
  return std::move(reader).take();
}

Fault read_fault(const HttpResponse& response) {
  Fault fault = read_body(response);
  const auto header = [&](std::string& id, const char* name) {
    if (const auto* value = response.headers.find(name); id.empty() && value != nullptr)
      id = support::strip_control(*value);
  };
  header(fault.incident, "x-callosum-incident-id");
  header(fault.trace, "x-callosum-trace-id");
  return fault;
}

std::string reference_of(const HttpResponse& response, const Fault& fault) {
  std::string text = fmt::format("(HTTP {}", response.status);
  if (fault.code) text += fmt::format(", code {}", *fault.code);
  if (!fault.incident.empty()) text += ", incident " + fault.incident;
  if (!fault.trace.empty()) text += ", trace " + fault.trace;
  return text + ")";
}

Error read_error(const HttpResponse& response) {
  const auto fault = read_fault(response);
  Error error = remote::http_error(response, fault.text);
  const auto plain = fmt::format(" (HTTP {})", response.status);
  error.message.resize(error.message.size() - plain.size());
  error.message += " " + reference_of(response, fault);
  if (const auto code = code_of(fault)) error.code = *code;
  error.retryable = error.code == ErrorCode::unavailable;
  error.request_id = !fault.incident.empty() ? fault.incident : !fault.trace.empty() ? fault.trace : error.request_id;
  return error;
}

bool is_missing_call(const HttpResponse& response) {
  return response.status == 405 || response.status == 501 || (response.status == 404 && !read_fault(response).code);
}

Result<void> check_no_page(const HttpResponse& response) {
  if (!remote::is_success(response) || !remote::is_html(response)) return {};
  Error error(ErrorCode::unavailable,
              fmt::format("the server shows a web page in the place of an answer, as during maintenance {}",
                          reference_of(response, read_fault(response))));
  error.http_status = response.status;
  error.retryable = true;
  error.hint = "try again later; 'matview doctor' checks the address";
  return fail(std::move(error));
}

Result<Value> read_document(const HttpResponse& response) {
  if (!remote::is_success(response)) return fail(read_error(response));
  MATVIEW_TRY(check_no_page(response));
  return remote::json_body(response);
}

}  // namespace matview::providers::thoughtspot
