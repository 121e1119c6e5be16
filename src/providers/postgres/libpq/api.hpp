#pragma once

#include <libpq-fe.h>

#include "matview/result.hpp"

namespace matview::providers::postgres {

/// The functions of libpq that this folder calls.
#define MATVIEW_PQ_FUNCTIONS(X) \
  X(PQconndefaults)             \
  X(PQconninfoParse)            \
  X(PQconninfoFree)             \
  X(PQfreemem)                  \
  X(PQconnectStartParams)       \
  X(PQconnectPoll)              \
  X(PQstatus)                   \
  X(PQfinish)                   \
  X(PQsocket)                   \
  X(PQerrorMessage)             \
  X(PQconnectionNeedsPassword)  \
  X(PQserverVersion)            \
  X(PQsslInUse)                 \
  X(PQhost)                     \
  X(PQport)                     \
  X(PQdb)                       \
  X(PQuser)                     \
  X(PQsetNoticeReceiver)        \
  X(PQsetnonblocking)           \
  X(PQsendQueryParams)          \
  X(PQconsumeInput)             \
  X(PQisBusy)                   \
  X(PQflush)                    \
  X(PQgetResult)                \
  X(PQresultStatus)             \
  X(PQresultErrorField)         \
  X(PQresultErrorMessage)       \
  X(PQntuples)                  \
  X(PQnfields)                  \
  X(PQfname)                    \
  X(PQgetisnull)                \
  X(PQgetvalue)                 \
  X(PQgetlength)                \
  X(PQclear)                    \
  X(PQgetCancel)                \
  X(PQcancel)                   \
  X(PQfreeCancel)               \
  X(PQtransactionStatus)

/// Pointers into libpq, typed by its own prototypes. It is loaded when the first connection is made and not linked: it
/// brings TLS, Kerberos and LDAP with it, which every start of the program would pay for.
struct PqApi {
#define MATVIEW_PQ_MEMBER(name) decltype(&::name) name = nullptr;
  MATVIEW_PQ_FUNCTIONS(MATVIEW_PQ_MEMBER)
#undef MATVIEW_PQ_MEMBER
};

/// Loads libpq on the first call, from any thread. It stays loaded. `unavailable` says where it was looked for.
Result<const PqApi*> pq_api();

}  // namespace matview::providers::postgres
