#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/selection.hpp"

namespace matview::app {

/// The views of all profiles that a selection comes across, each profile listed when first asked for, and what reads
/// from what: as the backends tell it, and as the views file does across them.
class Catalog {
 public:
  /// All outlive it. `request` is how each profile is listed. With `tolerant` a profile that cannot be asked now is one
  /// without views, and `refusal` tells why.
  Catalog(Workspace& workspace, ListRequest request, bool tolerant, Control& control)
      : workspace_(workspace), request_(std::move(request)), tolerant_(tolerant), control_(control) {}

  /// By name, as the provider lists them. The pointer lives as long as the catalog.
  Result<const std::vector<View>*> views(const std::string& profile);

  /// Why the profile could not be asked; null if it could, or was not.
  const Error* refusal(const std::string& profile) const;

  /// Fills in `depends_on` of these views of the profile.
  Result<void> learn_dependencies(const std::string& profile, const std::set<std::string>& names);

  /// What the views file says that a view must wait for; nothing where there is no such file.
  Result<std::vector<ViewKey>> declared_upstream(const ViewKey& view);

  enum class Direction { upstream, downstream };
  /// Grows `chosen` by what its members read (or, the other way, by what reads them), however indirectly, in whatever
  /// profile.
  Result<void> add_neighbours(std::set<ViewKey>& chosen, Direction direction);

 private:
  struct Listed {
    std::vector<View> views;
    std::set<std::string> names;
    std::set<std::string> learnt;  ///< whose dependencies are known
  };

  Result<Listed*> listed(const std::string& profile);
  Result<std::vector<View>> ask(const std::string& profile);
  /// Whether the views of other profiles may go on without this one. Then the error is kept.
  bool tolerate(const std::string& profile, const Error& error);
  Result<void> read_declared();
  Result<std::set<ViewKey>> neighbours(const ViewKey& view, Direction direction);
  /// Every view that reads from it directly, of the same profile, by name.
  Result<const std::map<std::string, std::set<std::string>>*> readers(const std::string& profile);

  Workspace& workspace_;
  ListRequest request_;
  const bool tolerant_;
  Control& control_;
  std::map<std::string, Listed> listed_;
  std::map<std::string, Error> refusals_;  ///< by profile
  std::map<std::string, std::map<std::string, std::set<std::string>>> readers_;
  bool declared_read_ = false;
  std::map<ViewKey, std::set<ViewKey>> declared_;          ///< what a view waits for
  std::map<ViewKey, std::set<ViewKey>> declared_readers_;  ///< the other way round
};

/// Of `given` those that the provider has for the operation.
OptionValues options_for(const ProviderInfo& info, Operation operation, const OptionValues& given);

}  // namespace matview::app
