#include <utility>

#include "app/forwarding_provider.hpp"
#include "app/known_views.hpp"

namespace matview::app {

namespace {

KnownView known(const View& view) { return {view.name, view.tags}; }

/// Notes what goes by and changes nothing of it.
class RememberingProvider final : public ForwardingProvider {
 public:
  RememberingProvider(std::unique_ptr<Provider> provider, const Environment& environment, std::string_view profile)
      : ForwardingProvider(std::move(provider)), known_(environment, profile) {}

  Result<View> create(const CreateRequest& request, Control& control) override {
    auto view = next().create(request, control);
    if (view) known_.add(known(*view));
    return view;
  }
  Result<std::vector<View>> list(const ListRequest& request, Control& control) override {
    auto views = next().list(request, control);
    if (!views) return views;
    std::vector<KnownView> all;
    for (const auto& view : *views) all.push_back(known(view));
    known_.replace(all);
    return views;
  }
  Result<View> describe(const DescribeRequest& request, Control& control) override {
    auto view = next().describe(request, control);
    if (view)
      known_.add(known(*view));
    else if (view.error().code == ErrorCode::not_found)
      known_.remove(request.name);
    return view;
  }
  Result<void> drop(const DropRequest& request, Control& control) override {
    auto dropped = next().drop(request, control);
    if (dropped || dropped.error().code == ErrorCode::not_found) known_.remove(request.name);
    return dropped;
  }

 private:
  KnownViews known_;
};

}  // namespace

std::unique_ptr<Provider> remember_views(std::unique_ptr<Provider> provider, const Environment& environment,
                                         std::string_view profile) {
  return std::make_unique<RememberingProvider>(std::move(provider), environment, profile);
}

}  // namespace matview::app
