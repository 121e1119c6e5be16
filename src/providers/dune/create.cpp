#include "providers/dune/create.hpp"

#include <fmt/format.h>

#include <optional>

#include "providers/dune/create_spec.hpp"
#include "providers/dune/describe.hpp"
#include "providers/dune/locate.hpp"
#include "providers/dune/query_requests.hpp"
#include "providers/dune/submit.hpp"
#include "providers/dune/wire.hpp"
#include "support/text.hpp"

namespace matview::providers::dune {

namespace {

/// One create on its way.
class Creation {
 public:
  Creation(const Service& service, CreateSpec spec, const OptionValues& options, Control& control)
      : service_(service), spec_(std::move(spec)), options_(options), control_(control) {}

  Result<View> run() {
    // The query's owner is the view's: that spares listing all views to learn whose the key is.
    if (spec_.query_id && spec_.name.owner.empty() && service_.owner().empty())
      MATVIEW_TRY(read_query(*spec_.query_id));
    ViewName name = spec_.name;
    if (name.owner.empty() && query_) name.owner = query_->owner;
    const auto assume = spec_.replace ? Assume::is_there : Assume::is_absent;
    MATVIEW_ASSIGN(auto stored, find_view(service_, name, assume, control_));
    if (!stored) return make();
    if (spec_.if_not_exists) return describe(service_, *stored, false, control_);
    if (!spec_.replace)
      return fail(
          Error(ErrorCode::conflict, fmt::format("there is a view '{}' already", stored->full_name))
              .with_hint("--replace changes it, which runs its query and bills it; --if-not-exists leaves it as "
                         "it is"));
    return change(*stored);
  }

 private:
  Result<View> make() {
    if (spec_.sql.empty() && !spec_.query_id)
      return fail(Error(ErrorCode::not_found, fmt::format("there is no view '{}' to change", spec_.name.bare))
                      .with_hint("to make it give --query, --query-file or --query-id"));
    if (spec_.query_id) {
      MATVIEW_TRY(read_query(*spec_.query_id));
      MATVIEW_TRY(check_query());
    }
    MATVIEW_TRY(check_credits(service_, options_, control_));
    if (spec_.query_id) {
      MATVIEW_TRY(change_saved_query());
    } else {
      MATVIEW_TRY(save_query());
    }
    return upsert(new_settings(spec_, service_.settings(), query_->id), {}, "");
  }

  Result<View> change(const StoredView& stored) {
    const std::int64_t bound = stored.query_id.value_or(0);
    // A dry run has not seen which query it is.
    const std::int64_t id = service_.is_dry_run() ? spec_.query_id.value_or(bound) : bound;
    if (spec_.query_id && *spec_.query_id != id)
      return fail(
          Error(ErrorCode::conflict, fmt::format("'{}' is made from saved query {}, and cannot be rebound to {}",
                                                 stored.full_name, id, *spec_.query_id))
              .with_hint("drop it first, then create it"));
    MATVIEW_ASSIGN(auto merged, merge_settings(stored, spec_, service_.settings(), service_.now()));
    merged.settings.query_id = id;
    MATVIEW_TRY(read_query(id));
    MATVIEW_TRY(check_query());
    if (const auto query = query_change(); query.sql || query.tags) {
      if (query.sql) merged.changes.emplace_back("query");
      if (query.tags) merged.changes.emplace_back("tags");
    }
    // What a dry run would change it cannot know; it shows what is sent if something does.
    if (merged.changes.empty() && !service_.is_dry_run()) return unchanged(stored);
    if (!stored.schedule && !spec_.cron && !service_.is_dry_run())
      control_.observer.warning(fmt::format(
          "the service tells of no schedule of '{}'; if it has one nevertheless, it goes", spec_.name.bare));
    MATVIEW_TRY(check_credits(service_, options_, control_));
    MATVIEW_TRY(change_saved_query());
    return upsert(merged.settings, stored.execution_ids,
                  fmt::format("changes {}", support::join(merged.changes, ", ")));
  }

  Result<View> unchanged(const StoredView& stored) {
    control_.observer.warning(fmt::format("'{}' is as asked for already: nothing was sent, nothing is billed{}",
                                          spec_.name.bare,
                                          spec_.performance ? "; 'matview refresh --performance' runs it now" : ""));
    MATVIEW_ASSIGN(View view, describe(service_, stored, false, control_));
    // How an earlier run ended is not the outcome of this.
    if (view.last_job && view.last_job->state != JobState::succeeded) view.last_job.reset();
    return view;
  }

  Result<void> read_query(std::int64_t id) {
    if (query_ && query_->id == id) return {};
    HttpRequest request = get_query(service_.api(), id);
    request.assumed = assumed(Value()
                                  .set("query_id", id)
                                  .set("owner", service_.owner().empty() ? "OWNER" : service_.owner())
                                  .set("query_sql", ""));
    MATVIEW_ASSIGN(query_, service_.ask(
                               std::move(request),
                               [&](const HttpResponse& response) { return dune::read_query(response, id); }, control_));
    return {};
  }

  Result<void> check_query() {
    MATVIEW_TRY(check_usable(*query_));
    const std::string owner = spec_.name.owner.empty() ? service_.owner() : spec_.name.owner;
    if (owner.empty() || query_->owner.empty() || same_owner(owner, query_->owner)) return {};
    return fail(
        Error(ErrorCode::usage, fmt::format("saved query {} belongs to '{}', and the view would be of '{}'", query_->id,
                                            support::strip_control(query_->owner), support::strip_control(owner)))
            .with_hint("copy its SQL with --query, which saves a query of your own"));
  }

  QueryChange query_change() const {
    QueryChange change;
    if (!spec_.sql.empty() && !same_sql(spec_.sql, query_->sql)) change.sql = spec_.sql;
    if (!spec_.tags.empty() && spec_.tags != query_->tags) change.tags = spec_.tags;
    return change;
  }

  Result<void> change_saved_query() {
    const QueryChange change = query_change();
    if (!change.sql && !change.tags) return {};
    MATVIEW_TRY(service_.ask(change_query(service_.api(), query_->id, change), read_query_changed, control_));
    if (change.sql) left_behind_ = fmt::format("saved query {} has its new SQL already", query_->id);
    query_->sql = change.sql.value_or(query_->sql);
    query_->tags = change.tags.value_or(query_->tags);
    return {};
  }

  Result<void> save_query() {
    const NewQuery query{spec_.name.bare, spec_.sql, spec_.is_private.value_or(false), spec_.tags};
    auto id = service_.ask(create_query(service_.api(), query), read_query_id, control_);
    if (!id) {
      Error error = std::move(id).error();
      if (error.unanswered)
        error.hint = fmt::format(
            "the query may be saved, as '{}': look for it before trying again, and take it with "
            "--query-id",
            query.name);
      error.unanswered = false;  // no run was started
      return fail(std::move(error).with_context("saving the query: "));
    }
    left_behind_ = fmt::format("the query is saved as {0}: go on with --query-id {0}", *id);
    if (auto read = read_query(*id); !read) return fail(told(std::move(read).error()));
    if (auto checked = check_query(); !checked) return fail(told(std::move(checked).error()));
    query_->sql = spec_.sql;
    query_->tags = spec_.tags;
    return {};
  }

  Result<View> upsert(const ViewSettings& settings, const std::vector<std::string>& seen, const std::string& reason) {
    std::string owner = spec_.name.owner.empty() ? query_->owner : spec_.name.owner;
    if (owner.empty()) owner = service_.owner();
    const std::string full = owner.empty() ? settings.name : full_name(owner, settings.name);
    auto job = submit(service_, "create", settings.name, {full, seen}, upsert_view(service_.api(), settings), reason,
                      control_);
    if (!job) return fail(told(std::move(job).error()));
    return made(full, settings, *std::move(job), seen.empty());
  }

  /// The view as the service tells it now: it shifts runs and may set an end of the schedule by itself.
  Result<View> made(const std::string& full, const ViewSettings& settings, Job job, bool is_new) {
    const auto* accepted = job.native.at("full_name").if_string();
    const std::string name = accepted != nullptr && !owner_of(*accepted).empty() ? *accepted : full;
    View view = to_view(service_, service_.is_dry_run() ? as_sent(name, settings) : as_told(name, settings));
    view.name = settings.name;
    view.definition = query_->sql;
    view.tags = query_->tags;
    view.state = ViewState::refreshing;
    if (is_new) {
      view.freshness = Freshness::empty;
      view.freshness_reason = "its first run is under way";
    }
    view.last_job = std::move(job);
    return view;
  }

  StoredView as_told(const std::string& name, const ViewSettings& settings) {
    auto read = read_again(service_, name, control_);
    if (read) return *std::move(read);
    control_.observer.warning(
        fmt::format("the view is there, but cannot be read back: {}", support::strip_control(read.error().message)));
    return as_sent(name, settings);
  }

  static StoredView as_sent(const std::string& name, const ViewSettings& settings) {
    StoredView stored;
    stored.full_name = name;
    stored.query_id = settings.query_id;
    stored.is_private = settings.is_private;
    if (!settings.cron.empty())
      stored.schedule = Schedule{settings.cron, settings.performance, std::nullopt, settings.expires_at};
    return stored;
  }

  /// The error, with what is there although the view is not.
  Error told(Error error) const {
    if (left_behind_.empty()) return error;
    error.detail = error.detail.empty() ? left_behind_ : error.detail + "\n" + left_behind_;
    if (error.hint.empty()) error.hint = left_behind_;
    return error;
  }

  const Service& service_;
  const CreateSpec spec_;
  const OptionValues& options_;
  Control& control_;
  std::optional<SavedQuery> query_;
  std::string left_behind_;
};

}  // namespace

Result<View> create(const Service& service, const CreateRequest& request, Control& control) {
  MATVIEW_ASSIGN(auto spec, read_create(request, service.settings(), service.now()));
  return Creation(service, std::move(spec), request.options, control).run();
}

}  // namespace matview::providers::dune
