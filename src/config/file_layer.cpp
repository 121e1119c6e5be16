#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "config/layers.hpp"

namespace matview::config {

namespace {

namespace fs = std::filesystem;

class FileReader {
 public:
  FileReader(Layers& layers, const fs::path& file, Layer layer) : layers_(layers), file_(file), layer_(layer) {}

  Result<void> read(const std::vector<Entry>& entries) {
    for (const auto& entry : entries) MATVIEW_TRY(top(entry));
    return {};
  }

 private:
  Result<void> top(const Entry& entry) {
    if (entry.key == "profiles") return profiles(entry);
    if (entry.key == "views") return views(entry);
    if (entry.key == "default_profile") return default_profile(entry);
    const auto* spec = find_key(general_keys(), entry.key);
    if (spec == nullptr) return fail(unknown(entry));
    auto value = given({}, entry);
    if (!spec->in_files)
      return fail(Error(ErrorCode::usage, value.label() + " cannot be set in a file")
                      .with_hint("give it on the command line, or in the environment"));
    if (!spec->in_project_file) MATVIEW_TRY(trusted(value));
    layers_.general.push_back(std::move(value));
    return {};
  }

  // What views there are is for `apply` and `diff` to read; here the key only has its place.
  Result<void> views(const Entry& entry) {
    if (entry.kind == Entry::Kind::table || entry.kind == Entry::Kind::array) return {};
    return fail(wrong_type(given({}, entry), "a table", entry.kind));
  }

  Result<void> default_profile(const Entry& entry) {
    auto value = given({}, entry);
    if (entry.kind != Entry::Kind::string) return fail(wrong_type(value, "a string", entry.kind));
    layers_.general.push_back(std::move(value));
    return {};
  }

  Result<void> profiles(const Entry& entry) {
    if (entry.kind != Entry::Kind::table) return fail(wrong_type(given({}, entry), "a table", entry.kind));
    for (const auto& profile : entry.members) MATVIEW_TRY(one_profile(profile));
    return {};
  }

  Result<void> one_profile(const Entry& entry) {
    if (!is_profile_name(entry.key))
      return fail(Error(ErrorCode::usage, fmt::format("{}: '{}' cannot be the name of a profile", at(entry), entry.key))
                      .with_hint("letters, digits, '_', '-' and '.', beginning with a letter or digit"));
    if (entry.kind != Entry::Kind::table)
      return fail(ErrorCode::usage, fmt::format("{}: key 'profiles.{}' must be a table, not {}", at(entry), entry.key,
                                                description(entry.kind)));
    layers_.profiles.insert(entry.key);
    for (const auto& member : entry.members) MATVIEW_TRY(profile_value(entry.key, member));
    return {};
  }

  Result<void> group(const std::string& profile, const Entry& entry) {
    for (auto member : entry.members) {
      member.key = fmt::format("{}.{}", entry.key, member.key);
      MATVIEW_TRY(profile_value(profile, member));
    }
    return {};
  }

  Result<void> profile_value(const std::string& profile, const Entry& entry) {
    if (is_group(entry.key) && entry.kind == Entry::Kind::table) return group(profile, entry);
    auto value = given(profile, entry);
    if (is_secret(entry.key)) return fail(plain_secret(value));
    // What is not known to be harmless is refused, so that a key of a provider to come is safe from the first day.
    if (!profile_key(entry.key).in_project_file) MATVIEW_TRY(trusted(value));
    if (entry.key == "provider" && entry.kind != Entry::Kind::string)
      return fail(wrong_type(value, "a string", entry.kind));
    layers_.profile_values.push_back(std::move(value));
    return {};
  }

  Result<void> trusted(const Given& value) const {
    if (layer_ != Layer::project_file) return {};
    return fail(Error(ErrorCode::usage, value.label() + " may not be set in a project file, which came with a checkout "
                                                        "and is not trusted")
                    .with_hint("set it in your own configuration file, or in the environment"));
  }

  static Error plain_secret(const Given& value) {
    const auto& key = value.entry.key;
    return Error(ErrorCode::usage, value.label() + ": a secret may not stand in a configuration file")
        .with_hint(fmt::format("keep it in a file of its own, {0}_file = \"…\", or have a program print it, "
                               "{0}_command = [\"…\"]",
                               key));
  }

  static Error wrong_type(const Given& value, std::string_view wanted, Entry::Kind kind) {
    return Error(ErrorCode::usage, fmt::format("{} must be {}, not {}", value.label(), wanted, description(kind)));
  }

  Error unknown(const Entry& entry) const {
    auto names = names_of(general_keys());
    names.insert(names.end(), {"default_profile", "profiles", "views"});
    return Error(ErrorCode::usage, fmt::format("{}: unknown key '{}'", at(entry), entry.key))
        .with_hint(suggestion(entry.key, names));
  }

  Given given(const std::string& profile, const Entry& entry) const {
    return {profile, entry, {layer_, at(entry)}, file_.parent_path()};
  }

  std::string at(const Entry& entry) const { return fmt::format("{}:{}", file_.string(), entry.line); }

  Layers& layers_;
  const fs::path& file_;
  Layer layer_;
};

}  // namespace

Result<void> add_file(Layers& layers, const fs::path& file, Layer layer, const std::vector<Entry>& entries) {
  MATVIEW_TRY(FileReader(layers, file, layer).read(entries));
  layers.files.push_back(file);
  return {};
}

bool is_profile_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && plain(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '_' || c == '-' || c == '.'; });
}

std::optional<fs::path> find_project_file(const fs::path& directory) {
  for (fs::path folder = directory; !folder.empty(); folder = folder.parent_path()) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / "matview.toml", ignored)) return folder / "matview.toml";
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

}  // namespace matview::config
