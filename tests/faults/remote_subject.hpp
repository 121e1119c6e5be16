#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/json.hpp"

namespace matview::test {

/// Exit codes.
using Exits = std::set<int>;

/// A request that is no command's.
struct RemoteRequest {
  std::string method;
  std::string path;
  std::string body;
};

/// One thing that a backend can be asked, and which of its requests is struck by the faults.
struct RemoteOperation {
  std::string name;                        ///< create, refresh, …
  std::vector<std::string> arguments;      ///< "{job}" stands for the job that `before` started
  std::string method;                      ///< of the request the operation is about
  std::string path;                        ///< of it, a regular expression
  bool submits = false;                    ///< that request starts or makes something: it must not be sent twice
  bool anonymous = false;                  ///< that request has no credentials yet, so that no answer can quote them
  bool follows = false;                    ///< it asks again and again, until its time is up
  std::vector<Json> script = {};           ///< commands to the fake, to begin with
  std::vector<RemoteRequest> before = {};  ///< what somebody else asks of the backend then, in good health
};

/// Something that goes wrong with one request of an operation.
struct RemoteFault {
  std::string name;
  Json fault;          ///< without method and path; null: nobody listens
  bool lasts = false;  ///< strikes each time and not only the first
  bool stalls = false;
  /// The request may have been carried out, as far as the client can tell.
  bool unanswered = false;
  Exits reading;     ///< exit codes of an operation that only looks
  Exits submitting;  ///< of one that starts something
};

/// Where an operation takes it differently than most, and why that is right.
struct RemoteException {
  std::string operation;  ///< a regular expression over its name
  std::string fault;      ///< one over the fault's name
  Exits exits;
  const char* why;
};

/// A backend with credentials of one kind.
struct RemoteSubject {
  std::string name;
  std::string backend;                             ///< of tests/support/fake
  Json options;                                    ///< to begin with
  std::map<std::string, std::string> environment;  ///< "{url}" stands for its address
  std::vector<std::string> secrets;
  std::vector<std::string> headers;  ///< whole lines: the credentials of RemoteOperation::before
  std::vector<RemoteOperation> operations;
  std::string only = {};  ///< the faults it is tried with, a regular expression over their names; empty: all
  std::vector<RemoteException> exceptions = {};
  /// After which faults (a regular expression over their names) a submission may be sent again, since the backend does
  /// not mind; empty: after none that leaves it open what became of it.
  std::string sent_again = {};
};

/// Two columns as Lance takes them: id int64, name utf8.
inline constexpr const char* k_some_schema =
    "/////7gAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAACAAAASAAAAAQAAADQ////FAAAAAAAAAEYAA"
    "AAAAAABRgAAAAEAAAAbmFtZQAAAAAAAAAABAAEAAQAAAAQABgABAALABMAFAAAAAwAEAAAABQAAAAAAAABFAAAAAAAAAIYAAAAAgAAAGlkAAAA"
    "AAAACAAMAAgABwAIAAAAAAAAAUAAAAAAAAAA";

/// Faults that show how credentials are dealt with.
inline constexpr const char* k_about_credentials = "HTTP 4|secret|redirect|reset_after|page|503|nulls";

/// All backends, each with each kind of credentials.
const std::vector<RemoteSubject>& remote_subjects();

RemoteSubject dune_subject();
/// The first with all faults, the others with those that concern credentials.
std::vector<RemoteSubject> lance_subjects();
std::vector<RemoteSubject> thoughtspot_subjects();

}  // namespace matview::test
