#include "config/views_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/view_cycles.hpp"
#include "config/view_values.hpp"
#include "support/home.hpp"
#include "support/text.hpp"
#include "support/toml_text.hpp"

namespace matview::config {

namespace {

namespace fs = std::filesystem;

/// As the flag is called: both spellings of a key are one.
std::string flag_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return key == "tags" ? "tag" : key;
}

std::string key_of(std::string flag) {
  std::replace(flag.begin(), flag.end(), '-', '_');
  return flag == "tag" ? "tags" : flag;
}

/// Keys that every provider's views have.
const std::vector<std::string>& common_flags() {
  static const std::vector<std::string> k_flags{"profile", "query",      "query-file", "kind",
                                                "tag",     "depends-on", "with-data",  "no-data"};
  return k_flags;
}

const OptionSpec* create_option(const ProviderInfo& provider, std::string_view flag) {
  for (const auto& spec : provider.options)
    if (spec.name == flag && spec.operations.contains(Operation::create)) return &spec;
  return nullptr;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// In the order in which a person reads them; the parser sorts by key.
std::vector<Entry> by_line(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.line < b.line; });
  return entries;
}

/// One view of the file. Stops at its first error.
class ViewReader {
 public:
  ViewReader(const fs::path& file, const Entry& entry, const Config& config, std::span<const ProviderInfo> providers,
             const Environment& environment)
      : file_(file), entry_(entry), config_(config), providers_(providers), environment_(environment) {}

  Result<DefinedView> read() {
    view_.where = at(entry_);
    if (entry_.kind != Entry::Kind::table)
      return fail(ErrorCode::usage,
                  fmt::format("{}: {} must be a table, not {}", view_.where, label(""), description(entry_.kind)));
    MATVIEW_TRY(choose_profile());
    for (const auto& member : by_line(entry_.members)) MATVIEW_TRY(read_key(member));
    if (given_.contains("with-data") && given_.contains("no-data"))
      return fail(ErrorCode::usage, fmt::format("{}: {} and {} contradict each other", view_.where, label("with_data"),
                                                label("no_data")));
    if (create_option(*provider_, "base-dir") != nullptr)
      view_.request.options.try_emplace("base-dir", std::vector{folder().string()});
    for (auto& name : view_.depends_on)
      if (name.find(':') == std::string::npos) name = fmt::format("{}:{}", view_.profile, name);
    return std::move(view_);
  }

 private:
  Result<void> choose_profile() {
    const auto colon = entry_.key.find(':');
    view_.request.name = colon == std::string::npos ? entry_.key : entry_.key.substr(colon + 1);
    const Entry* named = nullptr;
    for (const auto& member : entry_.members)
      if (member.key == "profile") named = &member;
    if (named != nullptr && named->kind != Entry::Kind::string)
      return fail(wrong(*named, fmt::format("must be a string, not {}", description(named->kind))));
    view_.profile = named != nullptr ? named->text : config_.default_profile().name;
    if (colon != std::string::npos) {
      const auto prefix = entry_.key.substr(0, colon);
      if (named != nullptr && prefix != named->text)
        return fail(wrong(*named, fmt::format("is '{}', and the view's name says '{}'",
                                              support::strip_control(named->text), support::strip_control(prefix))));
      view_.profile = prefix;
    }
    if (view_.request.name.empty())
      return fail(ErrorCode::usage, fmt::format("{}: the name of a view is empty", view_.where));
    const auto found = config_.profile(view_.profile);
    if (!found) {
      auto error = std::move(found).error();
      error.code = ErrorCode::usage;
      return fail(std::move(error).with_context(named != nullptr ? fmt::format("{}: {}: ", at(*named), label("profile"))
                                                                 : fmt::format("{}: {}: ", view_.where, label(""))));
    }
    for (const auto& provider : providers_)
      if (provider.name == (*found)->provider) provider_ = &provider;
    if (provider_ == nullptr)
      return fail(ErrorCode::usage, fmt::format("{}: profile '{}' names the unknown provider '{}'", view_.where,
                                                view_.profile, (*found)->provider));
    return {};
  }

  Result<void> read_key(const Entry& member) {
    const auto flag = flag_of(member.key);
    if (!given_.insert(flag).second) return fail(wrong(member, "is given twice, in two spellings"));
    const auto& common = common_flags();
    auto done = std::find(common.begin(), common.end(), flag) != common.end() ? read_common(flag, member)
                                                                              : read_option(flag, member);
    if (done) return {};
    Error error = std::move(done).error();
    if (error.message.starts_with(file_.string())) return fail(std::move(error));
    auto hint = std::move(error.hint);
    return fail(wrong(member, error.message).with_hint(std::move(hint)));
  }

  Result<void> read_common(const std::string& flag, const Entry& member) {
    if (flag == "query" || flag == "query-file") return read_query(flag, member);
    if (flag == "kind") return read_kind(member);
    if (flag == "tag") return read_tags(member);
    if (flag == "depends-on") return read_depends_on(member);
    if (flag == "profile") return {};
    if (member.kind != Entry::Kind::boolean)
      return fail(ErrorCode::usage, fmt::format("must be true or false, not {}", description(member.kind)));
    if (member.text != "true") given_.erase(flag);
    (flag == "with-data" ? view_.request.with_data : view_.request.no_data) = member.text == "true";
    return {};
  }

  Result<void> read_query(const std::string& flag, const Entry& member) {
    if (given_.contains("query") && given_.contains("query-file"))
      return fail(ErrorCode::usage, "the query is given twice: as query and as query_file");
    MATVIEW_TRY(require_string(member));
    auto& query = view_.request.query;
    query = member.text;
    if (flag == "query-file") {
      MATVIEW_ASSIGN(const auto path, path_from(member.text, folder(), environment_));
      MATVIEW_ASSIGN(auto text, read_text(path));
      if (!text) return fail(ErrorCode::usage, fmt::format("there is no file '{}'", path));
      query = *std::move(text);
    }
    if (is_blank(query)) return fail(ErrorCode::usage, "the query is empty");
    if (query.find('\0') != std::string::npos)
      return fail(ErrorCode::usage, "the query is not text: it holds a zero byte");
    if (support::valid_utf8(query) != query) return fail(ErrorCode::usage, "the query is not valid UTF-8");
    return {};
  }

  Result<void> read_kind(const Entry& member) {
    MATVIEW_TRY(require_string(member));
    const std::vector<std::string> kinds{"query", "udtf", "chunker", "scalar_udtf"};
    if (std::find(kinds.begin(), kinds.end(), member.text) == kinds.end())
      return fail(Error(ErrorCode::usage, fmt::format("must be one of query, udtf, chunker, not '{}'",
                                                      support::strip_control(member.text)))
                      .with_hint(suggestion(member.text, kinds)));
    view_.request.kind = member.text == "scalar_udtf" ? "chunker" : member.text;
    return {};
  }

  Result<void> read_tags(const Entry& member) {
    MATVIEW_ASSIGN(view_.request.tags, text_list(member));
    for (const auto& tag : view_.request.tags)
      if (tag.empty() || tag.find(',') != std::string::npos)
        return fail(ErrorCode::usage, fmt::format("'{}' is no tag: it must not be empty or hold a comma", tag));
    return {};
  }

  Result<void> read_depends_on(const Entry& member) {
    MATVIEW_ASSIGN(view_.depends_on, text_list(member));
    for (const auto& name : view_.depends_on) {
      const auto colon = name.find(':');
      if (name.empty() || colon == 0 || colon == name.size() - 1)
        return fail(ErrorCode::usage, fmt::format("'{}' is no view: write NAME or PROFILE:NAME", name));
      if (colon != std::string::npos) MATVIEW_TRY(config_.profile(name.substr(0, colon)));
    }
    return {};
  }

  Result<void> read_option(const std::string& flag, const Entry& member) {
    const auto* spec = create_option(*provider_, flag);
    if (spec == nullptr) return fail(unknown_option(flag, member));
    MATVIEW_ASSIGN(auto values, option_values(*spec, member, folder(), environment_));
    if (values) view_.request.options.emplace(spec->name, *std::move(values));
    return {};
  }

  Error unknown_option(const std::string& flag, const Entry& member) const {
    std::vector<std::string> owners;
    for (const auto& provider : providers_)
      if (create_option(provider, flag) != nullptr) owners.push_back(provider.name);
    if (!owners.empty())
      return Error(ErrorCode::usage, fmt::format("the provider '{}' has no such option", provider_->name))
          .with_hint(fmt::format("it is an option of: {}", fmt::join(owners, ", ")));
    std::vector<std::string> keys;
    for (const auto& common : common_flags()) keys.push_back(key_of(common));
    for (const auto& spec : provider_->options)
      if (spec.operations.contains(Operation::create)) keys.push_back(key_of(spec.name));
    return Error(ErrorCode::usage, fmt::format("{}: unknown key '{}' in view '{}'", at(member),
                                               support::strip_control(member.key), support::strip_control(entry_.key)))
        .with_hint(suggestion(key_of(member.key), keys));
  }

  static Result<void> require_string(const Entry& member) {
    if (member.kind == Entry::Kind::string) return {};
    return fail(ErrorCode::usage, fmt::format("must be a string, not {}", description(member.kind)));
  }

  Error wrong(const Entry& member, std::string_view what) const {
    // "must be …" goes on from the key, anything else stands for itself.
    const bool goes_on = what.starts_with("must ") || what.starts_with("is ") || what.starts_with("holds ");
    return Error(ErrorCode::usage, fmt::format("{}: {}{} {}", at(member), label(member.key), goes_on ? "" : ":", what));
  }

  std::string label(std::string_view key) const {
    const auto name = support::toml_key(entry_.key);
    return key.empty() ? fmt::format("key 'views.{}'", name)
                       : fmt::format("key 'views.{}.{}'", name, support::strip_control(key));
  }

  std::string at(const Entry& entry) const { return fmt::format("{}:{}", file_.string(), entry.line); }
  fs::path folder() const { return file_.parent_path(); }

  const fs::path& file_;
  const Entry& entry_;
  const Config& config_;
  std::span<const ProviderInfo> providers_;
  const Environment& environment_;
  const ProviderInfo* provider_ = nullptr;
  DefinedView view_;
  std::set<std::string> given_;
};

bool is_configuration(const fs::path& file, const Config& config) {
  const auto& files = config.files_read();
  return std::any_of(files.begin(), files.end(), [&](const fs::path& other) {
    std::error_code ignored;
    return fs::equivalent(file, other, ignored);
  });
}

Error misplaced(const fs::path& file, const Entry& entry) {
  Error error(ErrorCode::usage, fmt::format("{}:{}: key '{}' does not belong in a views file, which holds [views.NAME]",
                                            file.string(), entry.line, support::strip_control(entry.key)));
  error.hint = suggestion(entry.key, {"views"});
  if (error.hint.empty()) error.hint = "settings are read from configuration files: see 'matview help config'";
  return error;
}

void refuse_duplicates(ViewsFile& file) {
  std::map<std::pair<std::string, std::string>, std::string> seen;
  for (const auto& view : file.views) {
    const auto [first, fresh] = seen.emplace(std::pair(view.profile, view.request.name), view.where);
    if (!fresh)
      file.errors.emplace_back(ErrorCode::usage,
                               fmt::format("{}: the view '{}:{}' is defined already, at {}", view.where, view.profile,
                                           support::strip_control(view.request.name), first->second));
  }
}

}  // namespace

Result<ViewsFile> check_views_file(const fs::path& file, const Config& config, std::span<const ProviderInfo> providers,
                                   const Environment& environment) {
  const auto path = support::expand_path(file.string(), environment.working_directory(), environment).value_or(file);
  MATVIEW_ASSIGN(const auto entries, read_document(path));
  if (!entries)
    return fail(Error(ErrorCode::usage, fmt::format("there is no views file '{}'", path.string()))
                    .with_hint("'matview list -o toml' writes one of the views there are"));
  ViewsFile result;
  const bool settings_too = is_configuration(path, config);
  for (const auto& entry : by_line(*entries)) {
    if (entry.key != "views") {
      if (!settings_too) result.errors.push_back(misplaced(path, entry));
      continue;
    }
    if (entry.kind != Entry::Kind::table) {
      result.errors.emplace_back(ErrorCode::usage,
                                 fmt::format("{}:{}: key 'views' must be a table, [views.NAME], not {}", path.string(),
                                             entry.line, description(entry.kind)));
      continue;
    }
    for (const auto& member : by_line(entry.members)) {
      auto view = ViewReader(path, member, config, providers, environment).read();
      if (view)
        result.views.push_back(*std::move(view));
      else
        result.errors.push_back(std::move(view).error());
    }
  }
  refuse_duplicates(result);
  for (auto& error : cycles_of(result.views)) result.errors.push_back(std::move(error));
  return result;
}

Result<std::vector<DefinedView>> read_views_file(const fs::path& file, const Config& config,
                                                 std::span<const ProviderInfo> providers,
                                                 const Environment& environment) {
  MATVIEW_ASSIGN(auto read, check_views_file(file, config, providers, environment));
  if (!read.errors.empty()) return fail(std::move(read.errors.front()));
  return std::move(read.views);
}

}  // namespace matview::config
