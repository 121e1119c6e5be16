#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "matview/control.hpp"
#include "matview/result.hpp"

namespace matview {

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

/// The credentials of one profile. Safe to use from several threads.
class Secrets {
 public:
  virtual ~Secrets() = default;

  /// True if the profile or the environment says where the secret `key` ("api_key", "token") comes from.
  virtual bool has(std::string_view key) const = 0;

  /// The secret; fetched once, when first asked for. `auth`, saying where it could come from, if there is none or it
  /// cannot be read.
  virtual Result<Secret> get(std::string_view key, Control& control) = 0;

  /// Makes a secret that came up on the way (the token of a session) one that no message, trace or record shows.
  /// Those from `get` are so anyhow.
  virtual void protect(const Secret& secret) = 0;
};

/// What stands for a secret in a request that is shown and not sent: a word that survives URL encoding and JSON, and
/// that printers know. `variable` is the name of the environment variable that would hold it: DUNE_API_KEY.
std::string secret_placeholder(std::string_view variable);

/// `text` with every placeholder replaced by what `replace` makes of its variable's name.
std::string replace_placeholders(std::string_view text, std::string (*replace)(std::string_view variable));

}  // namespace matview
