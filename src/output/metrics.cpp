#include "output/metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "support/text.hpp"

namespace matview::output {

namespace {

std::string escaped_label(std::string_view text) {
  std::string result;
  for (const char c : support::valid_utf8(text)) {
    if (c == '\\')
      result += "\\\\";
    else if (c == '"')
      result += "\\\"";
    else if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result;
}

/// Seconds, and as many digits as there are: a double of Prometheus holds microseconds of this century.
std::string seconds_text(Duration duration) {
  const auto count = duration.count();
  const auto whole = count / 1'000'000;
  const auto rest = count % 1'000'000;
  if (rest == 0) return std::to_string(whole);
  if (count < 0) return fmt::format("-{}.{:06}", -whole, -rest);
  return fmt::format("{}.{:06}", whole, rest);
}

std::string time_text(Time time) { return seconds_text(time.time_since_epoch()); }

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// The document as it grows: all series of a metric stand together below its HELP and TYPE.
class Document {
 public:
  void metric(std::string_view name, std::string_view help) {
    name_ = name;
    head_ = fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
  }

  void series(const Labels& labels, std::string_view value) {
    text_ += std::exchange(head_, {});  // a metric without series is left out
    text_ += name_;
    char before = '{';
    for (const auto& [key, text] : labels) {
      text_ += fmt::format("{}{}=\"{}\"", before, key, escaped_label(text));
      before = ',';
    }
    text_ += fmt::format("}} {}\n", value);
  }

  std::string take() && { return std::move(text_); }

 private:
  std::string name_;
  std::string head_;
  std::string text_;
};

Labels labels_of(const ViewMetrics& view) {
  return {{"profile", view.profile}, {"provider", view.provider}, {"view", view.view}};
}

using Views = std::map<std::tuple<std::string, std::string, std::string>, const ViewMetrics*>;

template <typename Text>
void add(Document& document, const Views& views, std::string_view name, std::string_view help, Text value_of) {
  document.metric(name, help);
  for (const auto& [key, view] : views)
    if (const std::string value = value_of(*view); !value.empty()) document.series(labels_of(*view), value);
}

/// One series for each value there can be, 1 for the one that holds: an alert can then ask for any of them.
template <typename Enum, std::size_t N>
void add_set(Document& document, const Views& views, std::string_view name, std::string_view help,
             std::string_view label, const std::array<Enum, N>& values, std::optional<Enum> ViewMetrics::*member) {
  document.metric(name, help);
  for (const auto& [key, view] : views) {
    if (!(view->*member)) continue;
    for (const Enum value : values) {
      auto labels = labels_of(*view);
      labels.emplace_back(label, to_string(value));
      document.series(labels, *(view->*member) == value ? "1" : "0");
    }
  }
}

std::string flag(const std::optional<bool>& value) { return value ? (*value ? "1" : "0") : ""; }
std::string number(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : ""; }
std::string time(const std::optional<Time>& value) { return value ? time_text(*value) : ""; }

void add_views(Document& document, const Views& views) {
  add(document, views, "matview_view_last_success_timestamp_seconds", "When a refresh of the view ended well last.",
      [](const ViewMetrics& view) { return time(view.last_success); });
  add(document, views, "matview_view_last_run_timestamp_seconds", "When the last refresh of the view ended.",
      [](const ViewMetrics& view) { return time(view.last_run); });
  add(document, views, "matview_view_last_run_success", "Whether the last refresh of the view ended well.",
      [](const ViewMetrics& view) { return flag(view.last_run_good); });
  add(document, views, "matview_view_last_run_duration_seconds", "How long the last refresh of the view took.",
      [](const ViewMetrics& view) { return view.last_run_elapsed ? seconds_text(*view.last_run_elapsed) : ""; });
  add(document, views, "matview_view_rows", "Rows that the view holds.",
      [](const ViewMetrics& view) { return number(view.rows); });
  add(document, views, "matview_view_size_bytes", "Space that the rows of the view take.",
      [](const ViewMetrics& view) { return number(view.bytes); });
  add_set(document, views, "matview_view_state", "What the view is doing.", "state",
          std::array{ViewState::idle, ViewState::refreshing, ViewState::error}, &ViewMetrics::state);
  add_set(document, views, "matview_view_freshness", "How the rows of the view stand to its sources.", "freshness",
          std::array{Freshness::fresh, Freshness::stale, Freshness::empty, Freshness::unknown},
          &ViewMetrics::freshness);
  add(document, views, "matview_view_suspended", "Whether the view is taken out of unattended runs.",
      [](const ViewMetrics& view) { return flag(view.suspended); });
  add(document, views, "matview_view_next_refresh_timestamp_seconds", "When the schedule of the view ticks next.",
      [](const ViewMetrics& view) { return time(view.next_refresh); });
}

void add_run(Document& document, const RunMetrics& run) {
  const Labels labels{{"run", run.run}, {"command", run.command}};
  const auto one = [&](std::string_view name, std::string_view help, const std::string& value) {
    document.metric(name, help);
    document.series(labels, value);
  };
  one("matview_run_timestamp_seconds", "When the run ended.", time_text(run.ended));
  one("matview_run_duration_seconds", "How long the run took.", seconds_text(run.elapsed));
  one("matview_run_exit_code", "What the run exited with.", std::to_string(run.exit_code));
  document.metric("matview_run_views", "Views of the run by what became of them.");
  for (const auto& [outcome, number] :
       {std::pair("succeeded", run.succeeded), std::pair("failed", run.failed), std::pair("skipped", run.skipped)}) {
    auto with_outcome = labels;
    with_outcome.emplace_back("outcome", outcome);
    document.series(with_outcome, std::to_string(number));
  }
}

}  // namespace

std::string metrics_document(const std::vector<ViewMetrics>& views, const RunMetrics& run) {
  Views unique;
  for (const auto& view : views) unique[{view.profile, view.provider, view.view}] = &view;
  Document document;
  add_views(document, unique);
  add_run(document, run);
  return std::move(document).take();
}

}  // namespace matview::output
