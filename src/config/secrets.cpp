#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/keys.hpp"
#include "support/descriptor.hpp"
#include "support/subprocess.hpp"
#include "support/text.hpp"

namespace matview::config {

namespace {

constexpr std::size_t k_max_bytes = 64 << 10;
constexpr std::chrono::seconds k_command_timeout{30};

std::string reason(int number) { return std::error_code(number, std::generic_category()).message(); }

// One line of text, without the line end that editors and programs put behind it.
Result<Secret> checked(std::string text, const std::string& where) {
  Secret secret(std::move(text));
  auto line = secret.reveal();
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  const bool several = std::any_of(line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  Secret result(std::move(line));
  if (result.reveal().empty()) return fail(ErrorCode::auth, where + " is empty");
  if (several) return fail(ErrorCode::auth, where + " holds more than one line, or control characters");
  return result;
}

Result<Secret> from_file(const std::string& path, const std::string& where) {
  // Not blocking, so that a named pipe in its place cannot hold us up.
  const support::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return fail(ErrorCode::auth, fmt::format("cannot read {}: {}", where, reason(errno)));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    return fail(ErrorCode::auth, fmt::format("cannot read {}: {}", where, reason(errno)));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::auth, where + " is no regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Error(ErrorCode::auth, fmt::format("{} is open to other users (mode {:04o})", where,
                                                   static_cast<unsigned>(status.st_mode & 07777)))
                    .with_hint(fmt::format("chmod 600 {}", path)));
  std::string text(k_max_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::auth, fmt::format("cannot read {}: {}", where, reason(errno)));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > k_max_bytes) {
    wipe(text);
    return fail(ErrorCode::auth, where + " is larger than 64 KiB");
  }
  // Shrinking keeps the buffer, so nothing is left behind elsewhere.
  text.resize(size);
  return checked(std::move(text), where);
}

Result<Secret> from_command(const std::string& list, const std::string& where, const Environment& environment,
                            const std::atomic<int>* stop) {
  MATVIEW_ASSIGN(const auto argv, parse_list(list));
  support::ProcessRequest request;
  request.argv = argv;
  request.working_directory = environment.working_directory();
  request.timeout = k_command_timeout;
  request.stdout_limit = k_max_bytes;
  request.stop = stop;
  auto run = support::run_process(request, environment);
  if (!run) {
    auto error = std::move(run).error();
    const bool stopped = error.code == ErrorCode::interrupted || error.code == ErrorCode::terminated;
    if (!stopped) error.code = ErrorCode::auth;
    return fail(std::move(error).with_context(where + ": "));
  }
  if (run->exit_code != 0) {
    wipe(run->standard_output);
    return fail(Error(ErrorCode::auth,
                      fmt::format("{} failed: '{}' ended with exit code {}", where, argv.front(), run->exit_code))
                    .with_detail(support::strip_control(run->standard_error, support::Newlines::keep)));
  }
  return checked(std::move(run->standard_output), where);
}

std::string describe(const Profile& profile, const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::variable: return fmt::format("the variable {}", source.value);
    case SecretSource::Kind::file: return fmt::format("the secret file '{}' ({})", source.value, source.origin.where);
    case SecretSource::Kind::command: break;
  }
  return fmt::format("{}_command of profile '{}' ({})", source.key, profile.name, source.origin.where);
}

}  // namespace

std::string_view to_string(SecretSource::Kind kind) {
  switch (kind) {
    case SecretSource::Kind::variable: return "a variable";
    case SecretSource::Kind::file: return "a file";
    case SecretSource::Kind::command: break;
  }
  return "a command";
}

std::vector<SecretSource> secret_sources(const Profile& profile) {
  std::vector<SecretSource> sources;
  for (const auto& [key, setting] : profile.settings) {
    const std::string secret(secret_of(key));
    if (secret.empty()) continue;
    if (setting.secret)
      sources.push_back({SecretSource::Kind::variable, secret, setting.origin.where, setting.origin});
    else
      sources.push_back({key.ends_with("_file") ? SecretSource::Kind::file : SecretSource::Kind::command, secret,
                         setting.value, setting.origin});
  }
  return sources;
}

Result<Secret> resolve_secret(const Profile& profile, std::string_view key, const Environment& environment,
                              const std::atomic<int>* stop) {
  for (const auto& source : secret_sources(profile)) {
    if (source.key != key) continue;
    const auto where = describe(profile, source);
    switch (source.kind) {
      case SecretSource::Kind::variable: return checked(environment.variable(source.value).value_or(""), where);
      case SecretSource::Kind::file: return from_file(source.value, where);
      case SecretSource::Kind::command: return from_command(source.value, where, environment, stop);
    }
  }
  const auto vendors = profile.variables.find(std::string(key));
  return fail(Error(ErrorCode::auth, fmt::format("profile '{}' has no {}", profile.name, key))
                  .with_hint(fmt::format("set {2}{0}_file or {0}_command in profile '{1}'", key, profile.name,
                                         vendors == profile.variables.end() ? "" : vendors->second + ", or ")));
}

}  // namespace matview::config
