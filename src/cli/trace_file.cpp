#include "cli/trace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>

#include "support/file.hpp"

namespace matview::cli {

namespace {

class TraceFile {
 public:
  explicit TraceFile(int descriptor) : descriptor_(descriptor) {}
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  ~TraceFile() { ::close(descriptor_); }

  void append(std::string_view text) {
    const std::lock_guard lock(mutex_);
    while (!text.empty()) {
      const auto written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  std::mutex mutex_;
  int descriptor_;
};

}  // namespace

Result<http::TraceSink> open_trace_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    Error error = support::system_error("write the trace", path, errno);
    error.code = ErrorCode::usage;
    return fail(std::move(error));
  }
  return [file = std::make_shared<TraceFile>(descriptor)](std::string_view text) { file->append(text); };
}

}  // namespace matview::cli
