// Dune's API as far as it concerns materialized views: saved queries, views, executions, lineage, usage, whoami.
//
// As strict as the service is known to be: the key in its header and nowhere else, names by its rule, bare ones in the
// body of an upsert and full ones in every path, tiers by name, schedules 15 minutes to a week apart, queries that no view
// can be made from. An upsert replaces everything: without a cron expression the schedule is gone; and it always starts
// an execution. Members that it does not know the service ignores; here they are refused, so that no test passes with a
// misspelt one.
//
// options, which the command {"set":{...}} changes as well:
//   key, owner, scope ("Read/Write", "Read"), customer, private_views (allowed: true), page (largest list page),
//   schedule_absent (answers tell of no schedule, as they did once), script (states of an execution by the number of
//   times it was asked for; the last one stays), cancelled (the spelling), cancel_after (status reads), appear_after
//   (reads of a view before a new execution shows up in it), stuck_offset (next_offset never advances), conflict_status,
//   default_expiry_days, usage, extra (members added to every answer), headers (added to every answer), whoami (false:
//   404), error (what a failed execution tells)
//
// commands beside {"set"}:
//   {"seed":{"queries":[{...}],"views":[{"name","query_id","is_private","schedule","bytes","executions":[{...}]}]}}
//     executions are {state, ended_seconds_ago, rows, credits}, oldest first; answers with their ids
//   {"run":"result_x"}            an execution that nobody here asked for, as by a schedule
//   {"finish":{"id","state"}}     ends an execution now
//   {"state":true}                everything, to look at
import { randomBytes } from 'node:crypto';

const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIERS = ['small', 'medium', 'large'];
const NAME = /^result_([a-z0-9_]{0,}[a-z0-9]+)?$/;
const FINAL = ['COMPLETED', 'COMPLETED_PARTIAL', 'FAILED', 'CANCELLED', 'CANCELED', 'EXPIRED'].map((s) => `QUERY_STATE_${s}`);
const MINUTE = 60_000;

class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}
const refuse = (status, text) => {
  throw new Refusal(status, text);
};

let lastMillis = 0;
function ulid(at = Date.now()) {
  // Two of one millisecond would not sort by the order in which they were made.
  lastMillis = Math.max(at, at >= lastMillis ? lastMillis + 1 : at);
  let millis = lastMillis;
  let time = '';
  for (let i = 0; i < 10; i += 1, millis = Math.floor(millis / 32)) time = BASE32[millis % 32] + time;
  return time + [...randomBytes(16)].map((byte) => BASE32[byte % 32]).join('');
}

// Nine digits after the point, as the service writes them.
const stamp = (millis) => new Date(millis).toISOString().replace('Z', '123456Z');
const second = (millis) => new Date(millis).toISOString().replace(/\.\d+Z/, 'Z');

function fieldValues(text, least, most) {
  const values = new Set();
  for (const part of text.split(',')) {
    const match = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? refuse(400, `invalid cron expression: ${part}`);
    const [from, to = from] = match[1] === '*' ? [least, most] : match[1].split('-').map(Number);
    const step = Number(match[2] ?? 1);
    if (from < least || to > most || from > to || step < 1) refuse(400, `invalid cron expression: ${part}`);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

// The runs of the coming five weeks, by trying every minute.
function checkCron(text) {
  const fields = text.split(' ');
  if (fields.length !== 5) refuse(400, 'invalid cron expression: 5 fields are expected');
  const limits = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];
  const [minutes, hours, days, months, weekdays] = fields.map((field, i) => fieldValues(field, ...limits[i]));
  if (weekdays.has(7)) weekdays.add(0);
  const either = fields[2] !== '*' && fields[4] !== '*';
  const start = Math.ceil(Date.now() / MINUTE) * MINUTE;
  const runs = [];
  for (let at = start; at < start + 35 * 24 * 60 * MINUTE; at += MINUTE) {
    const date = new Date(at);
    if (!minutes.has(date.getUTCMinutes()) || !hours.has(date.getUTCHours()) || !months.has(date.getUTCMonth() + 1)) continue;
    const day = days.has(date.getUTCDate());
    const weekday = weekdays.has(date.getUTCDay());
    if (either ? day || weekday : day && weekday) runs.push(at);
  }
  const gaps = runs.slice(1).map((run, i) => run - runs[i]);
  if (gaps.some((gap) => gap < 15 * MINUTE)) refuse(400, 'the minimum schedule interval is 15 minutes');
  if (runs.length < 2 || gaps.some((gap) => gap > 7 * 24 * 60 * MINUTE)) refuse(400, 'the maximum schedule interval is 1 week');
  return runs[0];
}

function checkMembers(object, rules) {
  for (const key of Object.keys(object)) if (!(key in rules)) refuse(400, `unknown parameters (${key})`);
  for (const [key, type] of Object.entries(rules)) {
    const value = object[key.replace(/\?$/, '')];
    const optional = type.endsWith('?');
    if (value === undefined && optional) continue;
    const kind = type.replace('?', '');
    const right = kind === 'integer' ? Number.isInteger(value) : kind === 'array' ? Array.isArray(value) : typeof value === kind;
    if (!right) refuse(400, 'Invalid request body payload');
  }
}

export function create(given) {
  const options = {
    key: 'k3y',
    owner: 'acme',
    scope: 'Read/Write',
    customer: 'team_456',
    private_views: true,
    page: 1000,
    schedule_absent: false,
    script: ['QUERY_STATE_PENDING', 'QUERY_STATE_EXECUTING', 'QUERY_STATE_COMPLETED'],
    cancelled: 'QUERY_STATE_CANCELLED',
    cancel_after: 1,
    appear_after: 0,
    stuck_offset: false,
    conflict_status: 400,
    default_expiry_days: 91,
    usage: { credits_used: 120.5, credits_included: 2500, bytes_used: 1048576, bytes_allowed: 104857600, spelling: 'billing_periods' },
    extra: {},
    headers: {},
    whoami: true,
    error: { type: 'FAILED_TYPE_EXECUTION_FAILED', message: "Column 'x' cannot be resolved", metadata: { line: 1, column: 8 } },
    ...given,
  };
  const queries = new Map();
  const views = new Map(); // by bare name; those of other accounts by full name
  const executions = new Map();
  let nextQuery = 4711;
  let remaining = 1_000_000;

  const fullName = (view) => `dune.${view.owner}.${view.name}`;
  const unquoted = (text) => text.replaceAll('"', '');

  function addQuery(query) {
    const parameters = [...(query.query_sql ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, key]) => ({ key, type: 'text', value: '' }));
    const id = query.query_id ?? nextQuery++;
    queries.set(id, {
      query_id: id, name: '', description: '', query_sql: '', owner: options.owner, is_private: false, is_archived: false,
      is_unsaved: false, is_temp: false, version: 1, query_engine: 'v2 Dune SQL', tags: [], ...query,
      parameters: query.parameters ?? parameters,
    });
    return id;
  }

  function start(view, tier) {
    const execution = {
      id: ulid(), query_id: view.query_id, tier: tier ?? 'medium', script: [...options.script], reads: 0, submitted: Date.now(),
      rows: 12, credits: 4.25, shows_after: options.appear_after, cancel_in: null,
    };
    executions.set(execution.id, execution);
    view.executions.push(execution.id);
    return execution;
  }

  function stateOf(execution) {
    return execution.script[Math.min(Math.max(execution.reads - 1, 0), execution.script.length - 1)];
  }

  function statusOf(execution) {
    execution.reads += 1;
    if (execution.cancel_in !== null && execution.cancel_in-- <= 0 && !execution.finished) execution.script = [options.cancelled];
    const state = stateOf(execution);
    const finished = FINAL.includes(state) || execution.over === true;
    if (finished && !execution.finished) execution.finished = Date.now();
    const cancelled = state.startsWith('QUERY_STATE_CANCEL');
    const body = {
      execution_id: execution.id, query_id: execution.query_id, state, is_execution_finished: finished,
      submitted_at: stamp(execution.submitted), max_inflight_interactive_executions: 3, max_inflight_interactive_reached: 0,
    };
    if (state === 'QUERY_STATE_PENDING') body.queue_position = 2;
    else if (!cancelled) body.execution_started_at = stamp(execution.submitted + 1);
    if (!finished) return body;
    if (cancelled) body.cancelled_at = stamp(execution.finished);
    else body.execution_ended_at = stamp(execution.finished);
    body.expires_at = stamp(execution.submitted + 90 * 24 * 60 * MINUTE);
    body.execution_cost_credits = execution.credits;
    if (state.startsWith('QUERY_STATE_COMPLETED'))
      body.result_metadata = {
        column_names: ['day', 'fees'], column_types: ['date', 'double'], row_count: execution.rows, total_row_count: execution.rows,
        result_set_bytes: 64, total_result_set_bytes: 64, datapoint_count: 4, pending_time_millis: 12, execution_time_millis: 92250,
      };
    if (state === 'QUERY_STATE_FAILED') body.error = options.error;
    return body;
  }

  function shown(view) {
    const ids = [];
    for (const id of view.executions) if (executions.get(id).shows_after-- <= 0) ids.push(id);
    const body = {
      sql_id: fullName(view), query_id: view.query_id, is_private: view.is_private, table_size_bytes: view.bytes,
      // The order is not documented.
      last_execution_ids: ids.slice(-10),
    };
    if (view.schedule && !options.schedule_absent) body.schedule = view.schedule;
    return body;
  }

  function json(request) {
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) refuse(400, 'Invalid request body payload');
    let body;
    try {
      body = request.json();
    } catch {
      refuse(400, 'Invalid request body payload');
    }
    if (body === null || typeof body !== 'object' || Array.isArray(body)) refuse(400, 'Invalid request body payload');
    return body;
  }
  const noBody = (request) => request.text === '' || refuse(400, 'Invalid request body payload');
  const writing = () => options.scope === 'Read/Write' || refuse(403, 'API key does not have the required scope: Read/Write');
  const tier = (name) => name === undefined || TIERS.includes(name) || refuse(400, `unknown performance tier: ${name}`);

  function ownView(encoded) {
    const view = anyView(encoded);
    return view.owner === options.owner ? view : refuse(404, 'Object not found');
  }
  function anyView(encoded) {
    const match = /^dune\.(.+)\.([^.]+)$/.exec(decodeURIComponent(encoded)) ?? refuse(404, 'Object not found');
    const found = [...views.values()].find((view) => view.name === match[2] && unquoted(view.owner) === unquoted(match[1]));
    if (!found || (found.is_private && found.owner !== options.owner)) refuse(404, 'Materialized view not found');
    return found;
  }
  function query(text) {
    const found = queries.get(Number(text));
    if (!found || (found.is_private && found.owner !== options.owner)) refuse(404, 'not found: Query not found or private');
    return found;
  }

  function upsert(request) {
    writing();
    const body = json(request);
    checkMembers(body, {
      name: 'string', query_id: 'integer', is_private: 'boolean?', performance: 'string?', cron_expression: 'string?', expires_at: 'string?',
    });
    if (!NAME.test(body.name) || body.name.length < 8 || body.name.length > 128) refuse(400, `invalid materialized view name: ${body.name}`);
    tier(body.performance);
    if (body.is_private && !options.private_views) refuse(403, 'private materialized views need a paid plan');
    if (body.expires_at !== undefined && body.cron_expression === undefined) refuse(400, 'expires_at needs a cron_expression');
    const source = query(body.query_id);
    if (source.owner !== options.owner || source.is_archived || source.is_unsaved || source.is_temp)
      refuse(403, 'Not allowed to execute query. Query is archived, unsaved or not enough permissions');
    if (source.parameters.length > 0) refuse(400, 'materialized views do not support parameters');
    let view = views.get(body.name);
    if (view && view.query_id !== body.query_id)
      refuse(options.conflict_status, `conflicting existing Matview ${fullName(view)} with another query`);
    let schedule;
    if (body.cron_expression !== undefined) {
      const next = checkCron(body.cron_expression);
      const end = body.expires_at === undefined ? Date.now() + options.default_expiry_days * 24 * 60 * MINUTE : Date.parse(body.expires_at);
      if (Number.isNaN(end)) refuse(400, 'Invalid request body payload');
      // Not on the minute that the expression says.
      schedule = {
        cron_expression: body.cron_expression, performance: body.performance ?? 'medium', next_execution_time: second(next + 41 * MINUTE + 12_000),
        expires_at: second(end),
      };
    }
    view ??= { id: ulid(), owner: options.owner, name: body.name, query_id: body.query_id, bytes: 0, executions: [] };
    Object.assign(view, { is_private: body.is_private ?? false, schedule });
    views.set(body.name, view);
    return { name: fullName(view), execution_id: start(view, body.performance).id };
  }

  function list(request) {
    const limit = Number(request.query.get('limit') ?? 100);
    const offset = Number(request.query.get('offset') ?? 0);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000 || !Number.isInteger(offset) || offset < 0) refuse(400, 'invalid limit or offset');
    const own = [...views.values()].filter((view) => view.owner === options.owner);
    const size = Math.min(limit, options.page);
    const page = own.slice(offset, offset + size).map(({ id, query_id, is_private, bytes, ...view }) => (
      { id, sql_id: fullName(view), query_id, is_private, table_size_bytes: bytes }));
    const more = offset + size < own.length;
    return { materialized_views: page, next_offset: options.stuck_offset ? Math.max(offset, 1) : more ? offset + size : 0 };
  }

  function refresh(request, name) {
    const view = ownView(name);
    const body = request.text === '' ? {} : json(request);
    checkMembers(body, { performance: 'string?' });
    tier(body.performance);
    if (queries.get(view.query_id)?.is_archived) refuse(403, 'Not allowed to execute query. Query is archived, unsaved or not enough permissions');
    return { sql_id: fullName(view), execution_id: start(view, body.performance).id };
  }

  function remove(request, name) {
    writing();
    noBody(request);
    views.delete(ownView(name).name);
    return { message: 'ok' };
  }

  function execution(id) {
    return executions.get(id) ?? refuse(400, `The requested execution ID (ID: ${id}) is invalid.`);
  }
  function cancel(id) {
    const found = execution(id);
    if (!found.finished && found.cancel_in === null) found.cancel_in = options.cancel_after;
    return { success: true };
  }

  const queryMembers = { description: 'string?', is_private: 'boolean?', is_archived: 'boolean?', tags: 'array?', parameters: 'array?' };
  function saveQuery(request) {
    writing();
    const body = json(request);
    checkMembers(body, { ...queryMembers, name: 'string', query_sql: 'string', is_temp: 'boolean?', query_engine: 'string?' });
    return { query_id: addQuery(body) };
  }
  function changeQuery(request, id) {
    writing();
    const found = query(id);
    if (found.owner !== options.owner) refuse(403, 'Not allowed to edit query');
    const body = json(request);
    checkMembers(body, { ...queryMembers, name: 'string?', query_sql: 'string?' });
    addQuery({ ...found, ...body, parameters: body.parameters, version: found.version + 1 });
    return { query_id: found.query_id };
  }

  // What the query reads, through however many views.
  function lineage(id) {
    const nodes = [];
    const read = (sql) => [...sql.matchAll(/dune\.("?\w+"?)\.(result_\w+)/g)].map(([, , name]) => {
      const view = views.get(name);
      if (!view) return null;
      if (!nodes.some((node) => node.id === view.id))
        nodes.push({ id: view.id, dependencies: read(queries.get(view.query_id)?.query_sql ?? ''), materialized_view_refresh: { name: fullName(view), performance: 'medium' } });
      return view.id;
    }).filter(Boolean);
    const found = query(id);
    const dependencies = read(found.query_sql);
    nodes.push({ id: `query-${id}`, dependencies, query_execution: { query_id: found.query_id, performance: 'medium', query_parameters: {} } });
    return { pipeline: { nodes } };
  }

  function usage(request) {
    checkMembers(json(request), { start_date: 'string?', end_date: 'string?' });
    const { credits_used, credits_included, bytes_used, bytes_allowed, spelling } = options.usage;
    const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1));
    const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
    const day = (date) => date.toISOString().slice(0, 10);
    return {
      private_queries: 3, private_dashboards: 0, bytes_used, bytes_allowed,
      [spelling]: [{ start_date: day(month), end_date: day(next), credits_used, credits_included }],
    };
  }

  const routes = [
    ['GET', /^\/api\/whoami$/, () => (options.whoami ? { customer_id: options.customer, created_by: 'user_1', api_key_id: '9' } : null)],
    ['POST', /^\/api\/v1\/materialized-views$/, upsert],
    ['GET', /^\/api\/v1\/materialized-views$/, list],
    ['GET', /^\/api\/v1\/materialized-views\/([^/]+)$/, (_, name) => shown(anyView(name))],
    ['DELETE', /^\/api\/v1\/materialized-views\/([^/]+)$/, remove],
    ['POST', /^\/api\/v1\/materialized-views\/([^/]+)\/refresh$/, refresh],
    ['GET', /^\/api\/v1\/execution\/([^/]+)\/status$/, (_, id) => statusOf(execution(decodeURIComponent(id)))],
    ['POST', /^\/api\/v1\/execution\/([^/]+)\/cancel$/, (_, id) => cancel(decodeURIComponent(id))],
    ['POST', /^\/api\/v1\/query$/, saveQuery],
    ['GET', /^\/api\/v1\/query\/(\d+)$/, (_, id) => query(id)],
    ['PATCH', /^\/api\/v1\/query\/(\d+)$/, changeQuery],
    ['GET', /^\/api\/v1\/query\/(\d+)\/pipeline$/, (_, id) => lineage(id)],
    ['POST', /^\/api\/v1\/usage$/, usage],
  ];

  function answer(request) {
    const known = routes.filter(([, path]) => path.test(request.path));
    const route = known.find(([method]) => method === request.method);
    if (known.length > 0 && !route) return { status: 405, headers: {}, body: 'method not allowed' };
    const body = route?.[2](request, ...route[1].exec(request.path).slice(1));
    if (!body) return { status: 404, headers: {}, body: '404 page not found' };
    return { status: 200, headers: {}, body: { ...body, ...options.extra } };
  }

  function seed({ queries: newQueries = [], views: newViews = [] }) {
    const ids = {};
    for (const one of newQueries) addQuery(one);
    for (const { executions: runs = [], ...one } of newViews) {
      const view = { id: ulid(), owner: options.owner, is_private: false, bytes: 20480, executions: [], ...one };
      view.query_id ??= addQuery({ name: view.name, query_sql: `select 1 as ${view.name}` });
      ids[view.name] = runs.map(({ state = 'QUERY_STATE_COMPLETED', ended_seconds_ago = 60, rows = 12, credits = 4.25 }) => {
        const finished = Date.now() - ended_seconds_ago * 1000;
        const id = ulid(finished - 5000);
        executions.set(id, { id, query_id: view.query_id, script: [state], reads: 0, submitted: finished - 5000, rows, credits, shows_after: 0, cancel_in: null,
                             ...(FINAL.includes(state) ? { finished } : {}) });
        view.executions.push(id);
        return id;
      });
      views.set(view.owner === options.owner ? view.name : fullName(view), view);
    }
    return ids;
  }

  return {
    handle(request) {
      if (request.headers['x-dune-api-key'] !== options.key) return { status: 401, headers: {}, body: { error: 'invalid API Key' } };
      remaining -= 1;
      let made;
      try {
        made = answer(request);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        made = { status: error.status, headers: {}, body: { error: error.message } };
      }
      Object.assign(made.headers, {
        'ratelimit-policy': '"ip";q=1000;w=1, "read";q=1000000;w=60', ratelimit: `"read";r=${remaining};t=60`, ...options.headers,
      });
      return made;
    },
    command(command) {
      if ('set' in command) {
        for (const key of Object.keys(command.set)) if (!(key in options)) throw new Error(`no such option: ${key}`);
        Object.assign(options, command.set);
      } else if ('seed' in command) return seed(command.seed);
      else if ('run' in command) return start(views.get(command.run)).id;
      else if ('finish' in command) Object.assign(execution(command.finish.id), { script: [command.finish.state], over: true });
      else if ('state' in command) return { queries: [...queries.values()], views: [...views.values()], executions: [...executions.values()] };
      else throw new Error(`no such command: ${Object.keys(command).join(', ')}`);
      return {};
    },
  };
}
