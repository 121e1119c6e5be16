#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matview/environment.hpp"
#include "matview/provider.hpp"

namespace matview::app {

/// A view that was met, as far as a shell completes it.
struct KnownView {
  std::string name;
  std::vector<std::string> tags = {};
};

/// The views of a profile as they were seen last, in `$XDG_CACHE_HOME/matview/views/PROFILE.json`: a shell that
/// completes a name can ask no service. A cache and no more: what cannot be read is empty, what cannot be written is
/// not told, and without a home there is none. Safe to use from several threads.
class KnownViews {
 public:
  KnownViews(const Environment& environment, std::string_view profile);
  /// Writes what has changed, once: a run over a thousand views is not to write a thousand files.
  ~KnownViews();
  KnownViews(const KnownViews&) = delete;
  KnownViews& operator=(const KnownViews&) = delete;

  /// By name.
  std::vector<KnownView> views();
  /// These are all there are.
  void replace(const std::vector<KnownView>& views);
  void add(const KnownView& view);
  void remove(const std::string& name);

 private:
  using Tags = std::vector<std::string>;

  /// What the file holds, read when it is first needed.
  std::map<std::string, Tags>& loaded();

  std::optional<std::filesystem::path> file_;
  std::mutex mutex_;
  std::optional<std::map<std::string, Tags>> views_;
  bool changed_ = false;
};

/// `provider`, with what is known of the views of `profile` kept up to date by what it lists, describes, creates and
/// drops.
std::unique_ptr<Provider> remember_views(std::unique_ptr<Provider> provider, const Environment& environment,
                                         std::string_view profile);

}  // namespace matview::app
