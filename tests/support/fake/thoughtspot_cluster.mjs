// What the fake ThoughtSpot holds: users, sessions, views.
import { randomUUID } from 'node:crypto';
import { readTml, writeJsonTml, writeTml } from './thoughtspot_tml.mjs';
import { exactly, list, Refusal } from './thoughtspot_wire.mjs';

const SUBTYPES = ['AGGR_WORKSHEET', 'ONE_TO_ONE_LOGICAL', 'WORKSHEET', 'USER_DEFINED', 'SQL_VIEW', 'PRIVATE_WORKSHEET'];

const DEFAULTS = {
  username: 'etl',
  password: 'password',
  secret_key: null, // of trusted authentication; without one that is switched off
  token: null, // a bearer token
  privileges: ['ADMINISTRATION', 'DATAMANAGEMENT'],
  orgs: [0],
  connections: ['Warehouse'],
  views: [], // {id, name, type, author, tags, state: none | stale | materialized, dependents, query, extra}
  // What the server has: false for an older or other one.
  list: true,
  details: true,
  v2: true,
  delete: true,
  sql_views: true,
  materialization: true,
  session_info: true,
  dependency: true,
  info: false, // imports answer as older ones do
  no_header: false, // imports do not tell the new id
  batch_limit: Infinity, // objects in one page of a listing
  // Materialization as a whole.
  enabled: true,
  window_start: '08:00PM',
  window_hours: 8,
  maintenance: false,
  empty_errors: false,
  error_shape: 1, // of version 2: 1 to 3
};

export class Cluster {
  constructor(given) {
    this.options = { ...DEFAULTS };
    this.set(given);
    this.views = new Map();
    this.sessions = new Map();
    this.loginTokens = new Set();
    this.count = { logins: 0, logouts: 0, submitted: 0 };
    this.clock = 1_750_000_000_000;
    this.sequence = 0;
    for (const view of this.options.views) this.addView(view);
  }

  set(options) {
    for (const key of Object.keys(options)) if (!(key in DEFAULTS)) throw new Error(`no such option: ${key}`);
    Object.assign(this.options, options);
  }

  // --- users

  newSession() {
    this.count.logins += 1;
    const session = { id: `session-${randomUUID()}`, client: `client-${randomUUID()}`, org: 0 };
    this.sessions.set(session.id, session);
    const cookie = `JSESSIONID=${session.id}; Path=/; HttpOnly`;
    const client = `clientId=${session.client}; Path=/; Secure; HttpOnly`;
    return { status: 204, headers: { 'set-cookie': [cookie, client] } };
  }

  // Whose request it is; without both cookies or the token nobody's.
  authenticated(headers) {
    const { token } = this.options;
    if (token && headers.authorization === `Bearer ${token}`) return { bearer: true };
    const cookies = Object.fromEntries((headers.cookie ?? '').split('; ').map((pair) => pair.split('=')));
    const session = this.sessions.get(cookies.JSESSIONID);
    if (session && session.client === cookies.clientId) return session;
    throw new Refusal(401, 10003, 'the authentication token could not be authenticated by any configured realms');
  }

  demandAdministrator() {
    if (!this.options.privileges.includes('ADMINISTRATION')) throw new Refusal(403, 10004, 'User is not authorized');
  }

  demandDataManager() {
    const may = (one) => ['ADMINISTRATION', 'DATAMANAGEMENT'].includes(one);
    if (!this.options.privileges.some(may)) throw new Refusal(403, 10023, 'User does not have access');
  }

  // --- views

  addView(view) {
    const number = (++this.sequence).toString(16).padStart(12, '0');
    const now = (this.clock += 1000);
    const whole = {
      id: `5e5e0000-0000-4000-8000-${number}`,
      type: 'AGGR_WORKSHEET',
      author: 'jane',
      tags: [],
      state: 'none',
      dependents: [],
      created: now,
      modified: now,
      ...view,
    };
    this.views.set(whole.id, whole);
    return whole;
  }

  view(id) {
    const found = this.views.get(id);
    if (!found) throw new Refusal(404, 13003, `Object not found: ${id}`);
    return found;
  }

  // The page of views that the parameters of a listing mean.
  page(query, known) {
    exactly(query, known);
    if (query.get('type') !== 'LOGICAL_TABLE')
      throw new Refusal(500, 10000, `Invalid metadata type ${query.get('type')}`);
    const subtypes = query.has('subtypes') ? list(query.get('subtypes'), 'subtypes') : SUBTYPES;
    const knows = (subtype) => SUBTYPES.includes(subtype) && (subtype !== 'SQL_VIEW' || this.options.sql_views);
    if (query.has('subtypes') && !subtypes.every(knows)) throw new Refusal(400, 10002, 'Invalid subtype');
    const ids = query.has('fetchids') ? list(query.get('fetchids'), 'fetchids') : null;
    const matches = matcher(query.get('pattern') ?? '');
    const found = [...this.views.values()].filter(
      (one) =>
        subtypes.includes(one.type) && (!ids || ids.includes(one.id)) && (matches(one.name) || matches(one.author)),
    );
    if (query.get('sort') === 'NAME') found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const offset = Number(query.get('offset') ?? -1);
    const size = Number(query.get('batchsize') ?? -1);
    if (!Number.isInteger(offset) || !Number.isInteger(size)) throw new Refusal(400, 10002, 'Invalid parameter values');
    const begin = Math.max(offset, 0);
    const end = size < 0 ? found.length : begin + Math.min(size, this.options.batch_limit);
    return { views: found.slice(begin, end), last: end >= found.length };
  }

  oldHeader(one) {
    const author = `a0a00000-0000-4000-8000-${Buffer.from(one.author).toString('hex').padStart(12, '0').slice(0, 12)}`;
    const { id, name, created, modified } = one;
    const flags = { isAutoCreated: false, isAutoDelete: false };
    return { id, name, author, created, modified, modifiedBy: author, owner: id, ...flags };
  }

  header(one) {
    return {
      ...this.oldHeader(one),
      indexVersion: 7,
      generationNum: 7,
      authorName: one.author,
      isDeleted: false,
      isHidden: false,
      resolvedObjects: {},
      type: one.type,
      isExternal: false,
      isDeprecated: false,
      tags: one.tags.map((name) => ({ id: `tag-${name}`, name, clientState: { color: '#fff' } })),
      ...(one.description ? { description: one.description } : {}),
      ...one.extra,
    };
  }

  dependents(ids) {
    const result = {};
    for (const id of ids) {
      const kinds = {};
      for (const { kind = 'PINBOARD_ANSWER_BOOK', author = 'jim', ...one } of this.view(id).dependents)
        (kinds[kind] ??= []).push({ ...one, author: 'u', authorName: author });
      result[id] = kinds;
    }
    return result;
  }

  // --- TML

  // What an import answers for one object; with VALIDATE_ONLY nothing comes of it.
  importTml(text, policy) {
    let tml;
    try {
      tml = readTml(text);
    } catch (error) {
      return failed(14528, error.message);
    }
    if (tml.kind === 'sql_view' && !this.options.connections.includes(tml.connection))
      return failed(14502, `Connection ${tml.connection} not found`);
    const made = policy === 'VALIDATE_ONLY' ? null : this.#store(tml, text);
    const warns = (tml.description ?? '').includes('warn');
    const status = warns
      ? { status_code: 'WARNING', error_message: 'a column is not indexed<br/>' }
      : { status_code: 'OK' };
    if (!made || this.options.no_header) return { status };
    return { status, header: { id_guid: made.id, name: made.name, metadata_type: 'LOGICAL_TABLE' } };
  }

  #store(tml, text) {
    const { guid, name, query, description, body } = tml;
    const definition = { name, query, description, body, tml: text };
    const known = guid && this.views.get(guid);
    if (!known) {
      const type = tml.kind === 'view' ? 'AGGR_WORKSHEET' : 'SQL_VIEW';
      return this.addView({ ...definition, ...(guid ? { id: guid } : {}), type, author: this.options.username });
    }
    // What was materialized is of the old definition.
    const state = known.state === 'materialized' ? 'stale' : known.state;
    return Object.assign(known, definition, { modified: (this.clock += 1000), state });
  }

  exportTml(one, format) {
    const { id, name } = one;
    const status = { status_code: 'OK' };
    return { info: { name, filename: `${name}.view.tml`, type: 'view', id, status }, edoc: format === 'JSON' ? writeJsonTml(one) : writeTml(one) };
  }
}

// `%` stands for anything; what is left is looked for anywhere, in any case.
function matcher(pattern) {
  const parts = pattern.split('%').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(parts.join('.*'), 'is');
  return (text) => expression.test(text);
}

function failed(code, message) {
  return { status: { status_code: 'ERROR', error_code: code, error_message: `${message}<br/>` } };
}
