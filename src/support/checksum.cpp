#include "support/checksum.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <memory>

#include "support/file.hpp"

namespace matview::support {

namespace {

// Large enough that system calls do not count. Each page of fresh memory takes longer to get than to hash.
constexpr std::size_t k_block = 1 << 15;

std::string hexadecimal(const XXH128_hash_t& hash) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  std::string text;
  for (const unsigned char byte : canonical.digest) {
    text += k_digits[byte >> 4];
    text += k_digits[byte & 15];
  }
  return text;
}

}  // namespace

struct Checksum::State {
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash{XXH3_createState(), XXH3_freeState};
};

Checksum::Checksum() : state_(std::make_unique<State>()) { XXH3_128bits_reset(state_->hash.get()); }
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum::~Checksum() = default;

void Checksum::update(std::string_view content) {
  XXH3_128bits_update(state_->hash.get(), content.data(), content.size());
}

std::string Checksum::digits() const { return hexadecimal(XXH3_128bits_digest(state_->hash.get())); }

Result<std::string> file_checksum(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(system_error("open", path, errno));
  const std::unique_ptr<const int, void (*)(const int*)> closer(&fd, [](const int* f) { ::close(*f); });
  Checksum checksum;
  std::array<char, k_block> block;
  while (true) {
    const ssize_t count = ::read(fd, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error("read", path, errno));
    if (count == 0) return checksum.digits();
    checksum.update({block.data(), static_cast<std::size_t>(count)});
  }
}

std::string checksum(std::string_view content) { return hexadecimal(XXH3_128bits(content.data(), content.size())); }

}  // namespace matview::support
