#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "http/curl/api.hpp"

namespace matview::http {

/// One thread on which all transfers of a transport run: so they share connections, addresses, and the certificates of
/// the authorities, which take longer to read than most answers to come.
class CurlLoop {
 public:
  explicit CurlLoop(const CurlApi& api);
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop();

  /// Runs a transfer, from any thread, and returns when it has ended. `go_on` is called on the loop's thread, many
  /// times a second; when it says false the transfer is broken off: CURLE_ABORTED_BY_CALLBACK.
  CURLcode run(CURL* easy, const std::function<bool()>& go_on);

 private:
  struct Transfer {
    CURL* easy;
    const std::function<bool()>* go_on;
    std::condition_variable ended;
    bool has_ended = false;
    CURLcode code = CURLE_OK;
  };

  void serve();
  bool take_new();
  void collect();
  void look();
  void end(Transfer* transfer, CURLcode code);

  const CurlApi& api_;
  CURLM* multi_;
  std::vector<Transfer*> running_;  ///< the thread's own
  std::mutex mutex_;
  std::vector<Transfer*> waiting_;
  bool quit_ = false;
  std::thread thread_;
};

}  // namespace matview::http
