#pragma once

#include <cstddef>
#include <functional>

namespace matview::support {

/// Calls `work(0)` to `work(count - 1)`, each once, on up to `workers` threads, and returns when all are done. With one
/// worker, or one piece of work, no thread is started. `work` must not throw.
void parallel_for(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& work);

}  // namespace matview::support
