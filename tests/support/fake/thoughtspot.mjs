// A ThoughtSpot server: REST v1 below /callosum/v1/tspublic/v1 and what is needed of v2.0 below /api/rest/2.0. Strict:
// a missing X-Requested-By, a field nobody knows, a wrong verb or type are refused, and both cookies must come back.
//
// What it holds and what its options mean stands in thoughtspot_cluster.mjs, the calls in thoughtspot_v1.mjs and
// thoughtspot_v2.mjs. Commands, each answered with {views, sessions, logins, logouts, submitted}:
//   {"set":{...}} changes options, {"view":{...}} adds a view, {"change":{"id":...}} changes one,
//   {"many":{"count":N,"prefix":"view"}} adds many, {"expire":true} ends all sessions, {"state":true} only answers
import { Cluster } from './thoughtspot_cluster.mjs';
import { callsOfVersion1 } from './thoughtspot_v1.mjs';
import { callsOfVersion2 } from './thoughtspot_v2.mjs';
import { missing, page, Refusal } from './thoughtspot_wire.mjs';

const V1 = '/callosum/v1/tspublic/v1/';
const V2 = '/api/rest/2.0/';
const INCIDENT = '1c1d1e1f-0000-4000-8000-00000000aaaa';
const TRACE = '7a7b7c7d-0000-4000-8000-00000000bbbb';

export function create(given) {
  const cluster = new Cluster(given);
  const { options } = cluster;
  const v1 = callsOfVersion1(cluster);
  const v2 = callsOfVersion2(cluster);

  function refuse({ status, code, lines }, version) {
    const headers = { 'x-callosum-incident-id': INCIDENT, 'x-callosum-trace-id': TRACE };
    if (options.empty_errors) return { status, headers, body: '' };
    const debug = JSON.stringify(lines.length ? lines : [null]);
    const flat = { code, incident_id_guid: INCIDENT, trace_id_guid: TRACE, debug };
    if (version === 1) return { status, headers, body: flat };
    const shapes = [{ message: flat }, { message: { debug: flat } }, { code, message: lines.join(' ') }];
    return { status, headers, body: { error: shapes[options.error_shape - 1] } };
  }

  function guarded(request, version, work) {
    try {
      for (const name of ['x-requested-by', 'user-agent'])
        if (!request.headers[name]) throw new Refusal(400, 10002, `header ${name} is missing`);
      return work();
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, version);
      throw error;
    }
  }

  function call(request, { verb, anonymous, work }) {
    if (request.method !== verb) throw new Refusal(405, 10002, 'Method Not Allowed');
    return work(request, anonymous ? null : cluster.authenticated(request.headers));
  }

  // The id of a view is the one part of a path that varies.
  function callOfVersion1(request) {
    const path = request.path.slice(V1.length);
    const [, name, id] = path.match(/^(materialization\/refreshview)\/([^/]*)$/) ?? [null, path, null];
    const found = Object.hasOwn(v1, name) ? v1[name] : null;
    if (!found) return missing();
    return call(id === null ? request : { ...request, id: decodeURIComponent(id) }, found);
  }

  function callOfVersion2(request) {
    const path = request.path.slice(V2.length);
    return Object.hasOwn(v2, path) ? call(request, v2[path]) : missing();
  }

  return {
    handle(request) {
      if (options.maintenance) return page(200, 'Site Maintenance');
      if (request.path.startsWith(V1)) return guarded(request, 1, () => callOfVersion1(request));
      if (options.v2 && request.path.startsWith(V2)) return guarded(request, 2, () => callOfVersion2(request));
      return missing();
    },

    command(object) {
      const known = ['set', 'view', 'change', 'many', 'expire', 'state'];
      for (const key of Object.keys(object)) if (!known.includes(key)) throw new Error(`no such command: ${key}`);
      const { set, view, change, many, expire } = object;
      if (set) cluster.set(set);
      if (view) cluster.addView(view);
      if (change) Object.assign(cluster.views.get(change.id), change);
      for (let i = 0; i < (many?.count ?? 0); ++i)
        cluster.addView({ name: `${many.prefix ?? 'view'} ${String(i).padStart(5, '0')}` });
      if (expire) cluster.sessions.clear();
      return { ...cluster.count, views: [...cluster.views.values()], sessions: [...cluster.sessions.values()] };
    },
  };
}
