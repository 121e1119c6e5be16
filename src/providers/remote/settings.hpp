#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "matview/provider.hpp"

namespace matview::providers::remote {

/// The value of a setting; null where the profile does not have it.
const std::string* setting(const ProviderContext& context, const std::string& key);

/// The profile's `url` (or `fallback` where it has none), without a trailing slash. `usage` for what is no http(s)
/// address, for one that holds a password, and for plain http to another machine unless the profile says
/// `insecure = true`: it would carry credentials in the clear.
Result<std::string> base_url(const ProviderContext& context, std::string_view fallback = {});

// Options of a request. The last value wins where one is given several times.
const std::string* option(const OptionValues& options, const std::string& name);
bool has_flag(const OptionValues& options, const std::string& name);
/// `usage`, naming the flag, if it is no whole number of at least `minimum`.
Result<std::optional<std::int64_t>> integer_option(const OptionValues& options, const std::string& name,
                                                   std::int64_t minimum);

/// Checks for OptionSpec::check.
Result<void> check_count(std::string_view text);   ///< a whole number above 0
Result<void> check_number(std::string_view text);  ///< a whole number, 0 or more

/// An option of a provider.
OptionSpec spec(std::string name, std::string value, std::string help, std::set<Operation> operations,
                Result<void> (*check)(std::string_view) = nullptr);

/// The content of the file that `--NAME FILE` names, relative to the working directory. `usage` where it cannot be
/// read or is larger than 16 MiB.
Result<std::string> read_option_file(const std::string& name, const std::string& file, const Environment& environment);

/// Secrets for a dry run: placeholders, whatever the profile holds. Nothing is fetched.
class PlaceholderSecrets final : public Secrets {
 public:
  /// `secrets` tells which there are; `info` which variables hold them.
  PlaceholderSecrets(const Secrets* secrets, const ProviderInfo& info) : secrets_(secrets), info_(info) {}
  bool has(std::string_view key) const override { return secrets_ == nullptr || secrets_->has(key); }
  Result<Secret> get(std::string_view key, Control& control) override;
  void protect(const Secret&) override {}

 private:
  const Secrets* secrets_;
  const ProviderInfo& info_;
};

}  // namespace matview::providers::remote
