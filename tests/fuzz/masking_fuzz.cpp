#include <string>

#include "fuzz/fuzz.hpp"
#include "http/redactor.hpp"
#include "support/json.hpp"

using matview::Secret;
using matview::http::mask_body;

// Up to the first line end the input is a secret, then a text. Masked, the text does not hold the secret; and masking
// what is masked changes nothing.
MATVIEW_FUZZ_TARGET(input) {
  const auto end = std::min(input.find('\n'), input.size());
  const std::string secret(input.substr(0, end));
  const std::string text(input.substr(std::min(end + 1, input.size())));

  const auto masked = mask_body(text);
  MATVIEW_FUZZ_CHECK(mask_body(masked) == masked);
  if (matview::support::parse_json(text)) MATVIEW_FUZZ_CHECK(text.empty() || matview::support::parse_json(masked));

  matview::http::Redactor redactor;
  redactor.add(Secret(std::string(secret)));
  const auto shown = redactor.mask(text + secret + text);
  // A secret with stars in it can come about anew from the stars of the mask.
  if (secret.size() >= 4 && secret.find('*') == std::string::npos)
    MATVIEW_FUZZ_CHECK(shown.find(secret) == std::string::npos);
}
