#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "matview/provider.hpp"
#include "providers/thoughtspot/materialization.hpp"
#include "providers/thoughtspot/session.hpp"
#include "providers/thoughtspot/settings.hpp"

namespace matview::providers::thoughtspot {

/// One server as one profile sees it: what all operations work with. Safe to use from several threads.
class Client {
 public:
  /// What both refer to outlives the client.
  Client(const ProviderContext& context, const Settings& settings)
      : context_(context), settings_(settings), session_(context, settings) {}

  const ProviderContext& context() const { return context_; }
  const Settings& settings() const { return settings_; }
  const Address& address() const { return settings_.address; }
  Session& session() { return session_; }

  Result<HttpResponse> send(const HttpRequest& request, Control& control) { return session_.send(request, control); }

  /// True once the server turned out to have no metadata/list.
  std::atomic<bool> lists_the_old_way{false};

  /// What the server says of materialization as a whole; empty where the user may not read it, or the server does not
  /// say. Asked for once.
  std::optional<Materialization> materialization(Control& control);

 private:
  const ProviderContext& context_;
  const Settings& settings_;
  Session session_;
  std::mutex mutex_;
  bool asked_ = false;
  std::optional<Materialization> materialization_;
};

}  // namespace matview::providers::thoughtspot
