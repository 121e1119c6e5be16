#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matview/result.hpp"
#include "matview/time.hpp"
#include "matview/value.hpp"

namespace matview::providers::external {

/// Reads the members of an object that a program wrote. What is missing or null is empty; what is of a wrong type or
/// lacking where it is needed is remembered, and `finish` tells the first of it. Unknown members are no mistake, so
/// that the documents can grow.
class Reader {
 public:
  /// `what` names the object in messages: "a view".
  Reader(const Value& object, std::string what);

  std::string text(std::string_view key);
  std::string needed_text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  std::optional<double> real(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  bool flag(std::string_view key) { return boolean(key).value_or(false); }
  std::optional<Time> time(std::string_view key);         ///< RFC 3339
  std::optional<Duration> seconds(std::string_view key);  ///< a number, 0 or more
  std::vector<std::string> texts(std::string_view key);
  const Value::Array& items(std::string_view key);
  const Value& value(std::string_view key) const { return object_.at(key); }

  /// The value of `key` as `parse` understands it; empty for what is missing.
  template <typename Parse>
  auto word(std::string_view key, Parse parse) -> decltype(parse(std::string_view())) {
    const std::string given = text(key);
    if (given.empty()) return {};
    auto found = parse(given);
    if (!found) wrong(key, "'" + given + "' is no word it can have");
    return found;
  }

  /// The values of `read` for each member of an array.
  template <typename T>
  std::vector<T> list(std::string_view key, Result<T> (*read)(const Value&)) {
    std::vector<T> result;
    for (const auto& item : items(key)) {
      auto one = read(item);
      if (!one) {
        adopt(std::move(one).error());
        break;
      }
      result.push_back(*std::move(one));
    }
    return result;
  }

  /// What `read` makes of a member; empty for one that is missing.
  template <typename T>
  std::optional<T> part(std::string_view key, Result<T> (*read)(const Value&)) {
    if (value(key).is_null()) return std::nullopt;
    auto one = read(value(key));
    if (one) return *std::move(one);
    adopt(std::move(one).error());
    return std::nullopt;
  }

  void wrong(std::string_view key, std::string_view why);

  /// `result`, or `failed` with what was wrong first.
  template <typename T>
  Result<T> finish(T result) {
    if (problem_) return fail(*std::move(problem_));
    return result;
  }

 private:
  void adopt(Error error);

  const Value& object_;
  std::string what_;
  std::optional<Error> problem_;
};

}  // namespace matview::providers::external
