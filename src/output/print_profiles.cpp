#include "output/cells.hpp"
#include "output/print.hpp"
#include "output/records.hpp"

namespace matview::output {

namespace {

using support::Align;

Value to_value(const ProfileRow& profile) {
  Value::Array settings;
  for (const auto& setting : profile.settings)
    settings.emplace_back(Value::Object{{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}});
  return Value::Object{{"name", profile.name},
                       {"provider", profile.provider},
                       {"default", profile.is_default},
                       {"origin", profile.origin},
                       {"settings", std::move(settings)}};
}

std::string name_of(const Value& document, const Style&) { return plain_text(document.at("name")); }

Records profile_records(const std::vector<ProfileRow>& profiles) {
  const auto is_default = [](const Value& document, const Style&) {
    const auto* chosen = document.at("default").if_bool();
    return chosen != nullptr && *chosen ? Cell{"yes", Tone::good} : Cell{};
  };
  Records records{"profiles",
                  "profile",
                  {},
                  {"name", "provider", "default", "origin", "settings"},
                  {{{"NAME", Align::left, 1, 12}, "name", false, {}},
                   {{"PROVIDER"}, "provider", false, {}},
                   {{"DEFAULT"}, "default", false, is_default},
                   {{"ORIGIN", Align::left, 2, 12}, "origin", false, {}}},
                  name_of};
  for (const auto& profile : profiles) records.documents.push_back(to_value(profile));
  return records;
}

}  // namespace

Result<void> print_profiles(Sink& sink, const std::vector<ProfileRow>& profiles, Format format, const Style& style) {
  return print_records(sink, profile_records(profiles), format, style);
}

Result<void> print_profile(Sink& sink, const ProfileRow& profile, Format format, const Style& style) {
  if (format == Format::json || format == Format::jsonl || format == Format::name)
    return print_records(sink, profile_records({profile}), format, style);

  Records records{"settings",
                  "setting",
                  {},
                  {"key", "value", "origin"},
                  {{{"NAME", Align::left, 0, 12}, "key", false, {}},
                   {{"VALUE", Align::left, 1, 20}, "value", false, {}},
                   {{"ORIGIN", Align::left, 2, 20}, "origin", false, {}}},
                  name_of};
  for (const auto& setting : profile.settings)
    records.documents.push_back(
        Value::Object{{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}});
  return print_records(sink, records, format, style);
}

}  // namespace matview::output
