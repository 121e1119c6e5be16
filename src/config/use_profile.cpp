#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "config/config.hpp"
#include "config/document.hpp"
#include "support/file.hpp"

namespace matview::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_key = "default_profile";
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

const Entry* find(const std::vector<Entry>& entries) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.key == k_key; });
  return found == entries.end() ? nullptr : &*found;
}

// Names of profiles hold nothing that a TOML string would have to escape.
std::string quoted(std::string_view name) { return fmt::format("\"{}\"", name); }

std::size_t begin_of_line(const std::string& text, std::size_t line) {
  std::size_t at = 0;
  for (; line > 1; --line) at = text.find('\n', at) + 1;
  return at;
}

// The end of a TOML string that begins at `at`, in any of its four spellings.
std::size_t end_of_string(const std::string& text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const std::string close = text.compare(at, 3, three) == 0 ? three : three.substr(0, 1);
  for (std::size_t i = at + close.size(); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
      continue;
    }
    if (text.compare(i, close.size(), close) != 0) continue;
    return i + close.size();
  }
  return text.size();
}

std::string replace_value(std::string text, std::size_t line, std::string_view name) {
  const auto equals = text.find('=', begin_of_line(text, line));
  const auto begin = text.find_first_of("\"'", equals);
  text.replace(begin, end_of_string(text, begin) - begin, quoted(name));
  return text;
}

bool is_comment(std::string_view line) { return line.starts_with('#'); }
bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// At the top, where no table header stands above it; but below a comment that heads the whole file.
std::string insert_value(std::string text, std::string_view name) {
  const std::string line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
  const std::size_t top = text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
  std::size_t at = top;
  const auto line = [&] { return std::string_view(text).substr(at, text.find('\n', at) - at); };
  while (at < text.size() && is_comment(line())) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  if (at == text.size() && at > top && text.back() != '\n') text += line_end, at = text.size();
  const bool heads_file = at == text.size() || is_blank(line());
  if (!heads_file) at = top;
  const bool divide = at < text.size() && !is_blank(line());
  text.insert(at, fmt::format("{} = {}{}{}", k_key, quoted(name), line_end, divide ? line_end : ""));
  return text;
}

bool same(const Entry& a, const Entry& b) {
  return a.key == b.key && a.kind == b.kind && a.text == b.text &&
         std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(), same);
}

// The edit was right if a parser finds the new name and everything else as before.
bool differs_only_in_name(std::vector<Entry> before, std::vector<Entry> after, std::string_view name) {
  const auto* set = find(after);
  if (set == nullptr || set->text != name) return false;
  const auto drop = [](std::vector<Entry>& entries) {
    entries.erase(std::remove_if(entries.begin(), entries.end(), [](const Entry& e) { return e.key == k_key; }),
                  entries.end());
  };
  drop(before);
  drop(after);
  return std::equal(before.begin(), before.end(), after.begin(), after.end(), same);
}

Result<std::string> edit(const std::string& text, const fs::path& file, std::string_view name) {
  MATVIEW_ASSIGN(const auto before, parse_document(text, file.string()));
  const auto* present = find(before);
  auto edited = present == nullptr ? insert_value(text, name) : replace_value(text, present->line, name);
  const auto after = parse_document(edited, file.string());
  if (after && differs_only_in_name(before, *after, name)) return edited;
  return fail(Error(ErrorCode::usage, fmt::format("cannot edit '{}' without touching the rest of it", file.string()))
                  .with_hint(fmt::format("set {} = {} there by hand", k_key, quoted(name))));
}

Error decided_elsewhere(const Setting& setting, std::string_view name) {
  return Error(ErrorCode::usage,
               fmt::format("cannot make '{}' the default profile: {} says '{}', and the {} goes before the user file",
                           name, setting.origin.where, setting.value, to_string(setting.origin.layer)))
      .with_hint(setting.origin.layer == Layer::environment
                     ? fmt::format("unset {}, or set it to '{}'", setting.origin.where, name)
                     : std::string());
}

// A link, as those who keep their settings in a repository have it, stays one: what it leads to is replaced.
fs::path target_of(const fs::path& file) {
  std::error_code problem;
  auto target = fs::canonical(file, problem);
  return problem ? file : target;
}

Result<void> write(const fs::path& file, const std::string& text) {
  std::error_code problem;
  const auto before = fs::status(file, problem);
  MATVIEW_TRY(support::make_directories(file.parent_path()));
  MATVIEW_TRY(support::write_durably(file, text));
  if (fs::exists(before)) fs::permissions(file, before.permissions(), problem);
  return {};
}

}  // namespace

Result<UseOutcome> use_profile(const Config& config, std::string_view name, bool dry_run) {
  MATVIEW_ASSIGN(const Profile* profile, config.profile(name));
  const auto& setting = config.default_profile_setting();
  if (setting.origin.layer > Layer::user_file) return fail(decided_elsewhere(setting, name));
  if (!config.user_file())
    return fail(Error(ErrorCode::usage, "there is no user file to write to: neither HOME nor XDG_CONFIG_HOME is set")
                    .with_hint("give --config FILE"));
  UseOutcome outcome{*config.user_file(), false};
  if (setting.origin.layer == Layer::user_file && setting.value == profile->name) return outcome;
  const auto file = target_of(outcome.file);
  std::error_code ignored;
  if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored))
    return fail(ErrorCode::usage, fmt::format("cannot write to '{}': it is no regular file", file.string()));
  MATVIEW_ASSIGN(const auto text, read_text(file));
  MATVIEW_ASSIGN(const auto edited, edit(text.value_or(""), file, profile->name));
  outcome.changed = true;
  if (!dry_run) MATVIEW_TRY(write(file, edited));
  return outcome;
}

}  // namespace matview::config
