#include "app/known_views.hpp"

#include <fmt/format.h>

#include <utility>

#include "support/file.hpp"
#include "support/home.hpp"
#include "support/json.hpp"

namespace matview::app {

namespace {

/// The profile's name as that of a file: any byte that is not plainly a part of one in hexadecimal.
std::string file_name(std::string_view profile) {
  std::string name;
  for (const char c : profile) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    name += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return name + ".json";
}

std::map<std::string, std::vector<std::string>> views_of(const Value& document) {
  std::map<std::string, std::vector<std::string>> views;
  const auto* list = document.at("views").if_array();
  if (list == nullptr) return views;
  for (const auto& entry : *list) {
    const auto* name = entry.at("name").if_string();
    if (name == nullptr) continue;
    auto& tags_of_view = views[*name];
    if (const auto* tags = entry.at("tags").if_array())
      for (const auto& tag : *tags)
        if (const auto* text = tag.if_string()) tags_of_view.push_back(*text);
  }
  return views;
}

std::string text_of(const std::map<std::string, std::vector<std::string>>& views) {
  Value list = Value::array();
  for (const auto& [name, tags_of_view] : views) {
    Value tags = Value::array();
    for (const auto& tag : tags_of_view) tags.push(tag);
    list.push(Value::Object{{"name", name}, {"tags", std::move(tags)}});
  }
  return support::to_json(Value::Object{{"views", std::move(list)}}) + "\n";
}

}  // namespace

KnownViews::KnownViews(const Environment& environment, std::string_view profile) {
  const auto folder = support::xdg_directory(environment, "XDG_CACHE_HOME", ".cache");
  if (folder && !profile.empty()) file_ = *folder / "matview" / "views" / file_name(profile);
}

KnownViews::~KnownViews() {
  if (!changed_ || !file_) return;
  if (!support::make_directories(file_->parent_path())) return;
  (void)support::write_durably(*file_, text_of(*views_));
}

std::map<std::string, KnownViews::Tags>& KnownViews::loaded() {
  if (views_) return *views_;
  views_.emplace();
  if (!file_) return *views_;
  if (const auto text = support::read_file(*file_))
    if (const auto document = support::parse_json(*text)) views_ = views_of(*document);
  return *views_;
}

std::vector<KnownView> KnownViews::views() {
  const std::lock_guard lock(mutex_);
  std::vector<KnownView> result;
  for (const auto& [name, tags] : loaded()) result.push_back({name, tags});
  return result;
}

void KnownViews::replace(const std::vector<KnownView>& views) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Tags> all;
  for (const auto& view : views) all[view.name] = view.tags;
  if (loaded() == all) return;
  views_ = std::move(all);
  changed_ = true;
}

void KnownViews::add(const KnownView& view) {
  const std::lock_guard lock(mutex_);
  auto& known = loaded();
  const auto found = known.find(view.name);
  if (found != known.end() && found->second == view.tags) return;
  known[view.name] = view.tags;
  changed_ = true;
}

void KnownViews::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (loaded().erase(name) > 0) changed_ = true;
}

}  // namespace matview::app
