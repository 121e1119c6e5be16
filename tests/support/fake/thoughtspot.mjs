// A ThoughtSpot server: REST v1 below /callosum/v1/tspublic/v1 and what is needed of v2.0 below /api/rest/2.0. Strict:
// a missing X-Requested-By, a field nobody knows, a wrong verb or type are refused, both cookies must come back.
//
// Options say what kind of server it is; the command {"set":{...}} changes them later:
//   username, password, secret_key, token, privileges, orgs
//   list, details, v2, delete, info (inner key of old imports), sql_views, materialization, session_info, dependency: false
//   for a server that has no such thing
//   enabled, window_start, window_hours   of materialization
//   maintenance, empty_errors, error_shape (1 to 3, of v2)
// Views are {id, name, type, author, tags, state, dependents, query}; `state` is none, stale or materialized.
// Other commands: {"view":{...}} adds one, {"change":{id,...}} changes one, {"many":{count,prefix}} adds many,
// {"expire":true} ends all sessions; each answers with {views, sessions, logins, logouts, submitted}.
import { randomUUID } from 'node:crypto';
import { readTml, writeTml } from './thoughtspot_tml.mjs';

const V1 = '/callosum/v1/tspublic/v1/';
const V2 = '/api/rest/2.0/';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SUBTYPES = ['AGGR_WORKSHEET', 'ONE_TO_ONE_LOGICAL', 'WORKSHEET', 'USER_DEFINED', 'SQL_VIEW', 'PRIVATE_WORKSHEET'];
const INCIDENT = '1c1d1e1f-0000-4000-8000-00000000aaaa';
const TRACE = '7a7b7c7d-0000-4000-8000-00000000bbbb';

const html = (status, text) => ({ status, headers: { 'content-type': 'text/html' }, body: `<!DOCTYPE html><html><body>${text}</body></html>` });
const missing = () => html(404, 'HTTP 404 Not Found');
const done = { status: 204 };

// What an operation throws.
class Refusal extends Error {
  constructor(status, code, ...lines) {
    super(lines.join(' '));
    Object.assign(this, { status, code, lines });
  }
}

function exactly(parameters, known) {
  for (const [key] of parameters) if (!known.includes(key)) throw new Refusal(400, 10002, `unknown parameter ${key}`);
}

function list(text, name) {
  try {
    const value = JSON.parse(text);
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  } catch {
    // Told below.
  }
  throw new Refusal(400, 10002, `${name} is no JSON list of texts`);
}

export function create(given) {
  const options = {
    username: 'etl', password: 'password', secret_key: null, token: null, privileges: ['ADMINISTRATION', 'DATAMANAGEMENT'],
    orgs: [0], connections: ['Warehouse'], list: true, details: true, v2: true, delete: true, info: false, sql_views: true,
    materialization: true, session_info: true, dependency: true, enabled: true, window_start: '08:00PM', window_hours: 8,
    maintenance: false, empty_errors: false, error_shape: 1, ...given,
  };
  const views = new Map();
  const sessions = new Map();
  const loginTokens = new Set();
  const count = { logins: 0, logouts: 0, submitted: 0 };
  let clock = 1_750_000_000_000;
  let sequence = 0;

  function addView(view) {
    const number = (++sequence).toString(16).padStart(12, '0');
    const whole = {
      id: `5e5e0000-0000-4000-8000-${number}`, type: 'AGGR_WORKSHEET', author: 'jane', tags: [], state: 'none',
      dependents: [], created: (clock += 1000), modified: clock, ...view,
    };
    views.set(whole.id, whole);
    return whole;
  }
  for (const view of options.views ?? []) addView(view);

  // --- errors

  function refuse({ status, code, lines }, version) {
    const headers = { 'x-callosum-incident-id': INCIDENT, 'x-callosum-trace-id': TRACE };
    if (options.empty_errors) return { status, headers, body: '' };
    const flat = { code, incident_id_guid: INCIDENT, trace_id_guid: TRACE, debug: JSON.stringify(lines.length ? lines : [null]) };
    if (version === 1) return { status, headers, body: flat };
    const shapes = [{ message: flat }, { message: { debug: flat } }, { code, message: lines.join(' ') }];
    return { status, headers, body: { error: shapes[options.error_shape - 1] } };
  }

  // --- sessions

  function newSession() {
    count.logins += 1;
    const session = { id: `session-${randomUUID()}`, client: `client-${randomUUID()}`, org: 0 };
    sessions.set(session.id, session);
    return {
      status: 204,
      headers: { 'set-cookie': [`JSESSIONID=${session.id}; Path=/; HttpOnly`, `clientId=${session.client}; Path=/; Secure; HttpOnly`] },
    };
  }

  function sessionOf(headers) {
    const cookies = Object.fromEntries((headers.cookie ?? '').split('; ').map((pair) => pair.split('=')));
    const session = sessions.get(cookies.JSESSIONID);
    return session && session.client === cookies.clientId ? session : null;
  }

  function authenticated(request) {
    const bearer = request.headers.authorization;
    if (bearer && options.token && bearer === `Bearer ${options.token}`) return { bearer: true };
    const session = sessionOf(request.headers);
    if (!session) throw new Refusal(401, 10003, 'the authentication token could not be authenticated by any configured realms');
    return session;
  }

  function administrator() {
    if (!options.privileges.includes('ADMINISTRATION')) throw new Refusal(403, 10004, 'User is not authorized');
  }

  function dataManager() {
    if (!options.privileges.some((one) => ['ADMINISTRATION', 'DATAMANAGEMENT'].includes(one)))
      throw new Refusal(403, 10023, 'User does not have access');
  }

  // --- what requests carry

  function form(request, known, required = []) {
    if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
      throw new Refusal(415, 10002, 'Unsupported Media Type');
    const fields = new URLSearchParams(request.text);
    exactly(fields, known);
    for (const key of required) if (!fields.get(key)) throw new Refusal(400, 10002, `Invalid parameter values: [${key}]`);
    return fields;
  }

  function json(request, known) {
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) throw new Refusal(415, 10002, 'Unsupported Media Type');
    const body = request.json();
    for (const key of Object.keys(body)) if (!known.includes(key)) throw new Refusal(400, 10002, `unknown field ${key}`);
    return body;
  }

  function asText(request) {
    if (!(request.headers.accept ?? '').includes('text/plain')) throw new Refusal(406, 10002, 'Not Acceptable');
  }

  function view(id) {
    const found = views.get(id);
    if (!found) throw new Refusal(options.v2 ? 404 : 400, 13003, `Object not found: ${id}`);
    return found;
  }

  // --- listing

  const LIST = ['type', 'subtypes', 'category', 'sort', 'sortascending', 'offset', 'batchsize', 'tagname', 'pattern', 'skipids', 'fetchids', 'auto_created'];

  function selected(query, known) {
    exactly(query, known);
    if (query.get('type') !== 'LOGICAL_TABLE') throw new Refusal(500, 10000, `Invalid metadata type ${query.get('type')}`);
    const subtypes = query.has('subtypes') ? list(query.get('subtypes'), 'subtypes') : null;
    for (const subtype of subtypes ?? [])
      if (!SUBTYPES.includes(subtype) || (subtype === 'SQL_VIEW' && !options.sql_views)) throw new Refusal(400, 10002, `Invalid subtype ${subtype}`);
    const ids = query.has('fetchids') ? list(query.get('fetchids'), 'fetchids') : null;
    const part = (query.get('pattern') ?? '').toLowerCase().split('%').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
    const pattern = new RegExp(part, 's');
    const found = [...views.values()].filter((one) => (!subtypes || subtypes.includes(one.type)) && (!ids || ids.includes(one.id)) &&
      (pattern.test(one.name.toLowerCase()) || pattern.test(one.author.toLowerCase())));
    if (query.get('sort') === 'NAME') found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const offset = Math.max(Number(query.get('offset') ?? -1), 0);
    const size = Number(query.get('batchsize') ?? -1);
    if (!Number.isInteger(offset) || !Number.isInteger(size)) throw new Refusal(400, 10002, 'Invalid parameter values: [offset]');
    const end = size < 0 ? found.length : offset + size;
    return { page: found.slice(offset, end), last: end >= found.length };
  }

  const author = (one) => `a0a00000-0000-4000-8000-${Buffer.from(one.author).toString('hex').padStart(12, '0').slice(0, 12)}`;

  function oldHeader(one) {
    return { id: one.id, name: one.name, author: author(one), created: one.created, modified: one.modified, modifiedBy: author(one), owner: one.id, isAutoCreated: false, isAutoDelete: false };
  }

  function header(one) {
    return {
      ...oldHeader(one), indexVersion: 7, generationNum: 7, authorName: one.author, isDeleted: false, isHidden: false,
      resolvedObjects: {}, type: one.type, isExternal: false, isDeprecated: false,
      tags: one.tags.map((name) => ({ id: `tag-${name}`, name, clientState: { color: '#fff' } })),
      ...(one.description ? { description: one.description } : {}), ...(one.extra ?? {}),
    };
  }

  // --- TML

  function importOne(text, policy) {
    let tml;
    try {
      tml = readTml(text);
    } catch (error) {
      return { status: { status_code: 'ERROR', error_code: 14528, error_message: `${error.message}<br/>` } };
    }
    if (tml.kind === 'sql_view' && !options.connections.includes(tml.connection))
      return { status: { status_code: 'ERROR', error_code: 14502, error_message: `Connection ${tml.connection} not found<br/>` } };
    let target = tml.guid && views.get(tml.guid);
    if (policy !== 'VALIDATE_ONLY') {
      const changes = { name: tml.name, query: tml.query, description: tml.description, tml: text };
      if (target) Object.assign(target, changes, { modified: (clock += 1000), state: target.state === 'materialized' ? 'stale' : target.state });
      else target = addView({ ...changes, ...(tml.guid ? { id: tml.guid } : {}), type: tml.kind === 'view' ? 'AGGR_WORKSHEET' : 'SQL_VIEW', author: options.username });
    }
    const status = /warn/.test(tml.description ?? '') ? { status_code: 'WARNING', error_message: 'a column is not indexed<br/>' } : { status_code: 'OK' };
    const inner = { status };
    if (!options.no_header && target) inner.header = { id_guid: target.id, name: target.name, metadata_type: 'LOGICAL_TABLE' };
    return inner;
  }

  const exported = (one) => ({ info: { name: one.name, filename: `${one.name}.view.tml`, type: 'view', id: one.id, status: { status_code: 'OK' } }, edoc: writeTml(one) });

  // --- the calls of version 1: [verb, allowed anonymously, handler]

  const v1 = {
    'session/login': ['POST', true, (request) => {
      const fields = form(request, ['username', 'password', 'rememberme'], ['username', 'password']);
      if (fields.get('username') !== options.username || fields.get('password') !== options.password) throw new Refusal(401, 10003, 'Authentication failed');
      return newSession();
    }],
    'session/auth/token': ['POST', true, (request) => {
      asText(request);
      const fields = form(request, ['secret_key', 'username', 'access_level', 'id', 'orgid', 'groups', 'autocreate'], ['secret_key', 'username', 'access_level']);
      if (!options.secret_key) throw new Refusal(500, 10000, 'Trusted authentication is not enabled');
      if (fields.get('secret_key') !== options.secret_key || fields.get('username') !== options.username) throw new Refusal(401, 10003, 'Invalid secret');
      const token = `login-token-${randomUUID()}`;
      loginTokens.add(token);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${token}\n` };
    }],
    'session/login/token': ['POST', true, (request) => {
      const fields = form(request, ['username', 'auth_token', 'no_url_redirection', 'redirect_url'], ['username', 'auth_token']);
      if (!loginTokens.delete(fields.get('auth_token')) || fields.get('username') !== options.username) throw new Refusal(401, 10003, 'Invalid token');
      const session = newSession();
      return fields.get('no_url_redirection') === 'true' ? session : { ...session, status: 302, headers: { ...session.headers, location: '/' } };
    }],
    'session/logout': ['POST', false, (request, session) => {
      if (session.bearer) throw new Refusal(400, 10002, 'there is no session');
      count.logouts += 1;
      sessions.delete(session.id);
      return done;
    }],
    'session/info': ['GET', false, (request, session) => (options.session_info ? {
      status: 200,
      body: { userName: options.username, userDisplayName: 'ETL', userGUID: 'e71e0000-0000-4000-8000-000000000001', privileges: options.privileges, timezone: 'UTC', apiVersion: 'v1', authToken: 'auth-token-that-nobody-may-see', configInfo: {}, org: session.org },
    } : missing())],
    'session/orgs': ['PUT', false, (request, session) => {
      const org = Number(form(request, ['orgid'], ['orgid']).get('orgid'));
      if (!options.orgs.includes(org)) throw new Refusal(403, 10004, 'User is not in this org');
      session.org = org;
      return done;
    }],
    'metadata/list': ['GET', false, (request) => {
      if (!options.list) return missing();
      const { page, last } = selected(request.query, [...LIST, 'ownertypes', 'showhidden', 'authorguid']);
      return { status: 200, body: { headers: page.map(header), isLastBatch: last, debugInfo: {} } };
    }],
    'metadata/listobjectheaders': ['GET', false, (request) => ({ status: 200, body: selected(request.query, LIST).page.map(oldHeader) })],
    'metadata/details': ['GET', false, (request) => {
      if (!options.details) return missing();
      exactly(request.query, ['type', 'id', 'showhidden', 'dropquestiondetails', 'version', 'inboundrequesttype', 'doUpdate']);
      const storables = list(request.query.get('id'), 'id').map(view).map((one) => ({
        header: header(one), type: one.type, dataSourceTypeEnum: 'DEFAULT',
        logicalTableContent: { joinType: 'INNER', worksheetType: 'VIEW', ...(one.query ? { sqlQuery: one.query } : {}) },
        columns: [
          { header: { id: 'c1', name: 'Month' }, dataType: 'DATE', sources: [{ tableId: 'SALES-ID', columnId: 'x', tableName: 'SALES' }] },
          { header: { id: 'c2', name: 'Total revenue' }, dataType: 'DOUBLE', sources: [{ tableId: 'SALES-ID', columnId: 'y', tableName: 'SALES' }] },
        ],
      }));
      return { status: 200, body: { storables } };
    }],
    'metadata/tml/import': ['POST', false, (request) => {
      asText(request);
      const fields = form(request, ['import_objects', 'import_policy', 'force_create', 'all_orgs_override', 'skip_cdw_validation_for_tables', 'skip_diff_check'], ['import_objects']);
      dataManager();
      const policy = fields.get('import_policy') ?? 'PARTIAL';
      if (!['PARTIAL', 'ALL_OR_NONE', 'VALIDATE_ONLY'].includes(policy)) throw new Refusal(400, 10002, `no import policy ${policy}`);
      const object = list(fields.get('import_objects'), 'import_objects').map((text) => ({ [options.info ? 'info' : 'response']: importOne(text, policy) }));
      return { status: 200, body: { object } };
    }],
    'metadata/tml/export': ['POST', false, (request) => {
      asText(request);
      const fields = form(request, ['export_ids', 'formattype', 'export_associated', 'export_fqn'], ['export_ids']);
      return { status: 200, body: { object: list(fields.get('export_ids'), 'export_ids').map(view).map(exported) } };
    }],
    'metadata/delete': ['POST', false, (request) => {
      if (!options.delete) return missing();
      const fields = form(request, ['type', 'id', 'includedisabled'], ['type', 'id']);
      dataManager();
      for (const id of list(fields.get('id'), 'id')) views.delete(view(id).id);
      return done;
    }],
    'dependency/logicaltable': ['GET', false, (request) => {
      if (!options.dependency) return missing();
      exactly(request.query, ['id']);
      return { status: 200, body: dependents(list(request.query.get('id'), 'id')) };
    }],
    'dependency/listdependents': ['POST', false, (request) => {
      const fields = form(request, ['type', 'id', 'batchsize'], ['type', 'id']);
      return { status: 200, body: dependents(list(fields.get('id'), 'id')) };
    }],
    'admin/configinfo': ['GET', false, () => {
      administrator();
      return {
        status: 200,
        body: {
          mailConfig: { smtpHost: 'mail.internal', mailLogin: 'smtp-login-nobody-may-see' },
          storageConfig: { connection: 'jdbc:postgresql://internal/?user=x&pw=storage-pw-nobody-may-see' },
          materializationConfig: { enabled: options.enabled, maxMaterializedViewsPerCluster: 50, refreshWindowStartTime: options.window_start, materializationHours: options.window_hours },
          samlConfig: { signingKey: 'saml-key-nobody-may-see' },
        },
      };
    }],
  };

  function dependents(ids) {
    const result = {};
    for (const id of ids) {
      const kinds = {};
      for (const one of view(id).dependents)
        (kinds[one.kind ?? 'PINBOARD_ANSWER_BOOK'] ??= []).push({ id: one.id, name: one.name, author: 'u', authorName: one.author ?? 'jim' });
      result[id] = kinds;
    }
    return result;
  }

  function refresh(request, id) {
    if (!options.materialization) return missing();
    if (request.method !== 'POST') throw new Refusal(405, 10002, 'Method Not Allowed');
    if (request.text !== '' || request.query.size) throw new Refusal(400, 10002, 'no body and no query are taken');
    if (!request.headers['content-type']) throw new Refusal(415, 10002, 'Unsupported Media Type');
    if (!GUID.test(id)) throw new Refusal(400, 10002, `Invalid parameter values: [${id}]`);
    administrator();
    const one = view(id);
    if (!options.enabled || one.type !== 'AGGR_WORKSHEET' || one.state !== 'stale')
      throw new Refusal(500, 10000, 'Error Code: SYSTEM_ERROR Incident Id: x Error Message: View is not materialized or not stale', 'stack');
    one.state = 'materialized';
    count.submitted += 1;
    return done;
  }

  // --- the calls of version 2

  const v2 = {
    system: ['GET', (request) => ({ status: 200, body: { release_version: '10.1.0.sw-73', type: 'Software', environment: 'on-premises', name: 'cluster', id: 'c', time_zone: 'UTC', api_version: '2.0' } })],
    'metadata/tml/import': ['POST', (request) => {
      const body = json(request, ['metadata_tmls', 'import_policy', 'create_new', 'all_orgs_override', 'skip_diff_check', 'enable_large_metadata_validation']);
      dataManager();
      const answers = body.metadata_tmls.map((text, index) => {
        const { status, header: made } = importOne(text, body.import_policy ?? 'PARTIAL');
        return { request_index: index, response: { status, object: made ? [{ header: made }] : [] } };
      });
      return { status: 200, body: answers };
    }],
    'metadata/tml/export': ['POST', (request) => {
      const body = json(request, ['metadata', 'edoc_format', 'export_fqn', 'export_associated']);
      return { status: 200, body: body.metadata.map(({ identifier }) => exported(view(identifier))) };
    }],
    'metadata/delete': ['POST', (request) => {
      const body = json(request, ['metadata', 'delete_disabled_objects']);
      dataManager();
      const ids = body.metadata.map(({ identifier, type }) => {
        if (type !== 'LOGICAL_TABLE') throw new Refusal(400, 10002, 'no such type');
        if (!views.has(identifier)) throw new Refusal(400, 13003, `Object not found: ${identifier}`);
        return identifier;
      });
      for (const id of ids) views.delete(id);
      return done;
    }],
  };

  // --- the front door

  function guarded(request, version, work) {
    try {
      if (!request.headers['x-requested-by']) throw new Refusal(400, 10002, 'X-Requested-By header is missing');
      if (!request.headers['user-agent']) throw new Refusal(400, 10002, 'User-Agent header is missing');
      return work();
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, version);
      throw error;
    }
  }

  function handle(request) {
    if (options.maintenance) return html(200, 'Site Maintenance');
    if (request.path.startsWith(V1)) {
      const path = request.path.slice(V1.length);
      return guarded(request, 1, () => {
        const view = path.match(/^materialization\/refreshview\/([^/]*)$/);
        if (view) {
          authenticated(request);
          return refresh(request, decodeURIComponent(view[1]));
        }
        const call = v1[path];
        if (!call) return missing();
        const [verb, anonymous, work] = call;
        if (request.method !== verb) throw new Refusal(405, 10002, 'Method Not Allowed');
        return work(request, anonymous ? null : authenticated(request));
      });
    }
    if (options.v2 && request.path.startsWith(V2)) {
      return guarded(request, 2, () => {
        const call = v2[request.path.slice(V2.length)];
        if (!call) return missing();
        if (request.method !== call[0]) throw new Refusal(405, 10002, 'Method Not Allowed');
        authenticated(request);
        return call[1](request);
      });
    }
    return missing();
  }

  function command(object) {
    for (const key of Object.keys(object))
      if (!['set', 'view', 'change', 'many', 'expire', 'state'].includes(key)) throw new Error(`no such command: ${key}`);
    if (object.set) Object.assign(options, object.set);
    if (object.view) addView(object.view);
    if (object.change) Object.assign(views.get(object.change.id), object.change);
    for (let i = 0; i < (object.many?.count ?? 0); ++i) addView({ name: `${object.many.prefix ?? 'view'} ${String(i).padStart(5, '0')}` });
    if (object.expire) sessions.clear();
    return { ...count, views: [...views.values()], sessions: [...sessions.values()] };
  }

  return { handle, command };
}
