#include "providers/thoughtspot/client.hpp"

namespace matview::providers::thoughtspot {

std::optional<Materialization> Client::materialization(Control& control) {
  const std::lock_guard lock(mutex_);
  if (asked_) return materialization_;
  const auto answer = send(configuration_request(address()), control);
  if (!answer) return std::nullopt;
  asked_ = true;
  if (auto read = read_configuration(*answer)) materialization_ = *std::move(read);
  return materialization_;
}

}  // namespace matview::providers::thoughtspot
