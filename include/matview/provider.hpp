#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "matview/control.hpp"
#include "matview/environment.hpp"
#include "matview/explanation.hpp"
#include "matview/http.hpp"
#include "matview/job_log.hpp"
#include "matview/request.hpp"
#include "matview/result.hpp"
#include "matview/row_stream.hpp"
#include "matview/secret.hpp"
#include "matview/view.hpp"

namespace matview {

enum class Operation {
  create,
  refresh,
  list,
  describe,
  drop,
  query,
  history,
  verify,
  explain,
  gc,
  job,
  wait,
  cancel,
  doctor,
  definition,  ///< read a view back as the request that would create it
  suspend      ///< and resume
};

std::string_view to_string(Operation operation);

/// A flag that belongs to a provider. Help, completion, man pages and the message
/// "this flag belongs to …" all come from these.
struct OptionSpec {
  std::string name;                ///< without dashes, kebab case, the API's own word
  std::string value;               ///< placeholder of its value in help; empty for a flag without one
  std::string help;                ///< one line, no full stop
  std::set<Operation> operations;  ///< where it may be given
  bool repeatable = false;
  std::vector<std::string> choices;  ///< the only values allowed; empty if free
  /// `usage` for a value that can be told to be wrong without a backend; null if there is nothing to check.
  /// Asked before anything is opened, so that a wrong value changes nothing.
  Result<void> (*check)(std::string_view value) = nullptr;
  /// Of `create`: changing it leaves the rows as they are. What else changes makes them those of another definition.
  bool keeps_rows = false;
};

/// What a kind of backend is and can do; constant, known without opening one.
struct ProviderInfo {
  std::string name;
  std::string summary;  ///< one line for help
  std::set<Operation> operations;
  std::vector<OptionSpec> options;
  std::vector<std::string> settings;  ///< keys a profile of this provider may have beside `provider`
  /// Keys of `settings` for which the vendor has environment variables of its own: {"api_key", "DUNE_API_KEY"}. Of
  /// several for one key the first that is set counts. Any of them makes a profile of the provider's name.
  std::multimap<std::string, std::string> variables = {};
  /// Jobs run at the backend: `refresh`, and a `create` that fills the view, answer once it has accepted the job, and
  /// with Operation::wait `job` tells how it goes on.
  bool asynchronous = false;
  bool hidden = false;  ///< works, but help, completion and hints leave it out: it is there for tests
  /// One object may be used from several threads at once. Else each thread of a run has an object of its own.
  bool concurrent = false;
  bool recreates = false;  ///< a view cannot be changed: it takes dropping it and creating it again
};

/// What would be done, for --dry-run. Nothing was sent or changed to find out.
struct Plan {
  std::string operation;
  std::string view;
  std::string mode;
  std::string reason;
  std::vector<Source> sources;  ///< with what changed
  std::string sql;
  std::vector<HttpRequest> requests;  ///< what would be sent, in order; placeholders stand for secrets
  Value native;
  std::string profile = {};  ///< filled in by who asked the provider
};

/// The outcome of recomputing a view from scratch and comparing, as multisets of rows.
struct Verification {
  std::string view;
  std::int64_t version = 0;
  bool equal = false;
  std::int64_t rows_stored = 0;
  std::int64_t rows_missing = 0;  ///< recomputed but not stored
  std::int64_t rows_extra = 0;    ///< stored but not recomputed
  std::vector<Column> columns;
  std::vector<RowStream::Row> missing_sample;
  std::vector<RowStream::Row> extra_sample;
  std::string profile = {};  ///< filled in by who asked the provider
};

struct GcReport {
  std::int64_t versions_removed = 0;
  std::int64_t files_removed = 0;
  std::int64_t bytes_removed = 0;
  std::vector<std::string> files;  ///< relative to the store
  std::vector<std::string> kept;   ///< what could not go yet, each with its reason
  std::int64_t source_files = 0;   ///< files of sources that are kept for the next refreshes
  std::int64_t source_bytes = 0;   ///< space they alone take: none for one that is still where it was read
};

/// One line of `doctor`.
struct Check {
  std::string name;
  enum class Outcome { ok, warning, failed } outcome = Outcome::ok;
  std::string message;
  std::string hint;
  ErrorCode code = ErrorCode::failed;  ///< of one that failed: what doctor exits with
};

/// One administered backend, opened. `matview` is a set of verbs over this interface.
///
/// Calls block; those that take a Control can be stopped. A call that fails says so by its error and has
/// changed nothing unless the text here says otherwise. An operation the backend does not have answers
/// `unsupported`, which is what the functions here do unless overridden.
/// Names are as the user wrote them, without the profile.
class Provider {
 public:
  virtual ~Provider() = default;

  virtual const ProviderInfo& info() const = 0;

  /// Starts a run: all refreshes until the next call see one consistent state of the sources they share.
  virtual void begin_run() {}

  /// Takes part in the run that `leader`, an object of the same profile, has begun: both see one state of the sources.
  /// `members` objects, the leader among them, share the machine while the run lasts, each in a thread of its own.
  virtual void join_run(Provider& /*leader*/, std::size_t /*members*/) {}

  /// Defines a view. With `with_data` it is filled too; if that fails the definition stays.
  /// `conflict` if the name is taken, unless `if_not_exists` (then: the view as it is) or `replace`.
  virtual Result<View> create(const CreateRequest& request, Control& control);
  virtual Result<Plan> plan_create(const CreateRequest& request, Control& control);

  /// Brings the rows up to date, waiting until done. A refresh that ran and failed is an error whose job is on
  /// record; nothing to do is a job that succeeded with mode `no_data`. Not idempotent on every backend:
  /// callers never repeat it blindly.
  /// An asynchronous provider waits for nothing: it puts the job on record in the job log, then sends, and answers
  /// with the job as the backend accepted it. An error with `unanswered` has a record in state `unknown`.
  virtual Result<Job> refresh(const RefreshRequest& request, Control& control);
  virtual Result<Plan> plan_refresh(const RefreshRequest& request, Control& control);

  /// All views, by name. Without `freshness` no source is touched.
  virtual Result<std::vector<View>> list(const ListRequest& request, Control& control);

  /// Fills in `depends_on` of views that `list` gave, where a list does not tell it; what cannot be found out stays
  /// empty. Errors are those that would befall every view.
  virtual Result<void> add_dependencies(std::vector<View>& /*views*/, Control& /*control*/) { return {}; }

  /// One view, whole, its freshness included. `not_found` if there is none.
  virtual Result<View> describe(const DescribeRequest& request, Control& control);

  /// Removes a view and its rows. `not_found` unless `if_exists`; `conflict` while others read from it.
  virtual Result<void> drop(const DropRequest& request, Control& control);
  virtual Result<Plan> plan_drop(const DropRequest& request, Control& control);

  /// Runs a SELECT over the views. The stream keeps one version of each view for its whole life and must not
  /// outlive the provider.
  virtual Result<std::unique_ptr<RowStream>> query(const QueryRequest& request, Control& control);

  /// Past jobs of a view, newest first.
  virtual Result<std::vector<Job>> history(const HistoryRequest& request, Control& control);

  /// The view as the request that would create it anew, without what the provider fills in by itself: what `apply`
  /// compares and `show -o toml` writes. What the backend does not tell is left out.
  virtual Result<CreateRequest> definition(const DescribeRequest& request, Control& control);

  /// What `definition` would tell after `create --replace` with `wanted` over the view of which it tells `told`, with
  /// every value spelt as it does there: where that is `told` itself, nothing would change. What the backend keeps
  /// although it was not said, and what it tells nobody, is as in `told`. Changes nothing.
  virtual Result<CreateRequest> redefined(const CreateRequest& wanted, const CreateRequest& told);

  /// Takes a view out of runs that no person asked for (`RefreshRequest::unattended`), and back. Idempotent; answers
  /// with the view.
  virtual Result<View> suspend(const std::string& name, Control& control);
  virtual Result<View> resume(const std::string& name, Control& control);

  virtual Result<Verification> verify(const VerifyRequest& request, Control& control);

  /// How a refresh would be done, and why not otherwise. Changes nothing.
  virtual Result<Explanation> explain(const ExplainRequest& request, Control& control);
  virtual Result<GcReport> gc(const GcRequest& request, Control& control);
  /// How a job is doing now, by the backend's id or the key of its record; never waits for its end. A job that failed
  /// is a success here, with its error in it. `not_found` if neither the backend nor the record knows it.
  virtual Result<Job> job(const std::string& id, Control& control);
  /// Asks for a job's end; the answer may still be running. A job that has ended is left as it is.
  virtual Result<Job> cancel(const std::string& id, Control& control);
  virtual Result<Plan> plan_cancel(const std::string& id, Control& control);
  virtual Result<std::vector<Check>> doctor(Control& control);

 protected:
  /// The error for an operation this provider does not have.
  Error unsupported(Operation operation) const;
};

/// What a provider is opened with.
struct ProviderContext {
  std::string profile;
  std::map<std::string, std::string> settings;  ///< the profile's keys, paths made absolute, without secrets
  const Environment& environment;
  /// For providers of remote backends; they outlive the provider. A provider that needs none leaves them alone.
  Secrets* secrets = nullptr;
  Transport* transport = nullptr;
  JobLog* job_log = nullptr;
};

}  // namespace matview
