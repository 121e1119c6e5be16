#include "http/curl/loop.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <new>

namespace matview::http {

namespace {

using Clock = std::chrono::steady_clock;

// A stop signal can only set a flag; this often it is looked at. An answer that comes ends the waiting at once.
constexpr std::chrono::milliseconds k_look{20};
// Kept for the next requests. libcurl's own number falls with that of the requests under way.
constexpr long k_idle_connections = 64;
constexpr int k_until_woken_ms = 60'000;

}  // namespace

CurlLoop::CurlLoop(const CurlApi& api) : api_(api), multi_(api.multi_init()) {
  if (!multi_) throw std::bad_alloc();
  // One request on one connection: a connection that is lost then takes one answer with it and not all of them.
  api_.multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  api_.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, k_idle_connections);
  // Signals belong to the thread that reads from a person, whose read they end.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

CurlLoop::~CurlLoop() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  api_.multi_wakeup(multi_);
  thread_.join();
  api_.multi_cleanup(multi_);
}

CURLcode CurlLoop::run(CURL* easy, const std::function<bool()>& go_on) {
  Transfer transfer{.easy = easy, .go_on = &go_on, .ended = {}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&transfer);
  api_.multi_wakeup(multi_);
  transfer.ended.wait(lock, [&] { return transfer.has_ended; });
  return transfer.code;
}

void CurlLoop::serve() {
  auto looked = Clock::now();
  while (take_new()) {
    int count = 0;
    api_.multi_perform(multi_, &count);
    collect();
    if (const auto now = Clock::now(); now - looked >= k_look) {
      looked = now;
      look();
    }
    api_.multi_poll(multi_, nullptr, 0, running_.empty() ? k_until_woken_ms : static_cast<int>(k_look.count()),
                    nullptr);
  }
}

bool CurlLoop::take_new() {
  std::vector<Transfer*> fresh;
  {
    const std::lock_guard lock(mutex_);
    if (quit_) return false;
    fresh.swap(waiting_);
  }
  for (auto* transfer : fresh) {
    running_.push_back(transfer);
    if (!(*transfer->go_on)())
      end(transfer, CURLE_ABORTED_BY_CALLBACK);
    else if (api_.multi_add_handle(multi_, transfer->easy) != CURLM_OK)
      end(transfer, CURLE_OUT_OF_MEMORY);
  }
  return true;
}

void CurlLoop::collect() {
  int left = 0;
  while (const auto* message = api_.multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const Transfer* transfer) { return transfer->easy == message->easy_handle; });
    if (found == running_.end()) continue;
    api_.multi_remove_handle(multi_, (*found)->easy);  // `message` is gone with it
    end(*found, code);
  }
}

void CurlLoop::look() {
  const auto all = running_;
  for (auto* transfer : all) {
    if ((*transfer->go_on)()) continue;
    api_.multi_remove_handle(multi_, transfer->easy);
    end(transfer, CURLE_ABORTED_BY_CALLBACK);
  }
}

void CurlLoop::end(Transfer* transfer, CURLcode code) {
  std::erase(running_, transfer);
  const std::lock_guard lock(mutex_);
  transfer->code = code;
  transfer->has_ended = true;
  // Under the lock: once it is released the transfer may be gone.
  transfer->ended.notify_one();
}

}  // namespace matview::http
