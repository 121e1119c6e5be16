#pragma once

#include <iosfwd>
#include <string>

namespace matview::config {

/// A password, token or key in memory. Every stream prints it as `***`, and fmt refuses to format it, so that it
/// reaches no message, trace or log by accident; `reveal` is the one way out. Its memory is overwritten when it goes.
class Secret {
 public:
  /// Takes the characters over; `text` is wiped as well.
  explicit Secret(std::string&& text);
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The characters themselves, for the one place that sends them. Valid while this object lives.
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

std::ostream& operator<<(std::ostream& out, const Secret& secret);

/// Overwrites the characters of `text`, spare capacity included, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace matview::config
