#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "support/json.hpp"
#include "support/text.hpp"

namespace matview::support {

namespace {

using Json = nlohmann::json;

/// The digits of a decimal text that matter: without sign, point, exponent, and zeros at either end.
std::string significant_digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == 'e' || c == 'E') break;
    if (c >= '0' && c <= '9' && (c != '0' || !digits.empty())) digits += c;
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

/// True if the double says all that its text said.
bool keeps_all(double value, std::string_view text) {
  return significant_digits(double_text(value)) == significant_digits(text);
}

/// Builds Values from the events of the parser. A document tree of its own would round the numbers first.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Value take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  std::size_t problem_at() const { return problem_at_; }

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return put(static_cast<std::int64_t>(value));
    return put(Value::Number{std::to_string(value)});
  }
  bool number_float(number_float_t value, const string_t& text) override {
    const bool integer = text.find_first_of(".eE") == string_t::npos;
    return integer || !keeps_all(value, text) ? put(Value::Number{text}) : put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Frame{true, {}, {}, {}, {}}); }
  bool end_object() override {
    auto members = std::move(frames_.back().members);
    frames_.pop_back();
    return put(std::move(members));
  }
  bool start_array(std::size_t) override { return open(Frame{false, {}, {}, {}, {}}); }
  bool end_array() override {
    auto items = std::move(frames_.back().items);
    frames_.pop_back();
    return put(std::move(items));
  }
  bool key(string_t& name) override {
    auto& frame = frames_.back();
    if (!frame.names.insert(name).second)
      return refuse(fmt::format("the key '{}' occurs twice", support::strip_control(name)));
    frame.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    if (problem_.empty()) refuse(error.id == 406 ? "a number is out of range" : "it is no JSON");
    problem_at_ = position;
    return false;
  }

 private:
  struct Frame {
    bool object;
    Value::Object members;
    Value::Array items;
    std::string key;
    std::set<std::string> names;
  };

  bool refuse(std::string why) {
    problem_ = std::move(why);
    return false;
  }

  bool open(Frame frame) {
    constexpr std::size_t k_deepest = 500;
    if (frames_.size() >= k_deepest) return refuse("it is nested too deeply");
    frames_.push_back(std::move(frame));
    return true;
  }

  bool put(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return true;
    }
    auto& frame = frames_.back();
    if (frame.object)
      frame.members.emplace_back(std::move(frame.key), std::move(value));
    else
      frame.items.push_back(std::move(value));
    return true;
  }

  std::vector<Frame> frames_;
  Value root_;
  std::string problem_;
  std::size_t problem_at_ = 0;
};

std::string place(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position > 0 ? position - 1 : 0);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n');
  const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
  return fmt::format("line {}, column {}", lines + 1, column + 1);
}

}  // namespace

Result<Value> parse_json(std::string_view text) {
  Builder builder;
  bool read = false;
  try {
    read = Json::sax_parse(text, &builder);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::failed, fmt::format("cannot read JSON: {}", error.what()));
  }
  if (read) return builder.take();
  if (builder.problem_at() == 0) return fail(ErrorCode::failed, fmt::format("cannot read JSON: {}", builder.problem()));
  return fail(ErrorCode::failed,
              fmt::format("cannot read JSON: {} at {}", builder.problem(), place(text, builder.problem_at())));
}

}  // namespace matview::support
