// A Lance namespace over REST: tables, the views that some of them are, and jobs. As strict as the reference server:
// content type and body where they are required, an `id` in the body that is the path's, known kinds, required and
// non-nullable fields; and as tolerant: a trailing slash, '$' raw or encoded, '+' for a space.
//
// options, and the command {"set": {...}} for the same while it runs:
//   credentials      {api_key, token, client_id, client_secret, expire_after}: what is asked for; none: nothing is
//   jobs             "on", or the status of every /v1/jobs answer (404, 405, 406)
//   job_looks        how often a job is looked at before it is done (2)
//   job_delay_looks  how often a job that was just accepted is not known yet (0)
//   job_end          the state jobs end in ("DONE"); job_failure: {phase, message, retryable}
//   job_states       [state, …] that looks go through before the end
//   auto_finish      without job looks: refreshes take effect at once (false)
//   rows             rows a refresh finds in the view (3)
//   page_size        names on a page (0: all); repeat_token: every page has the same token; token_style: "" | null |
//                    "next_page_token"
//   namespaces       false: no /v1/namespace routes; views_dialect: true has the routes for views
//   small_integers   numbers have to fit 32 bits
//   hide_metadata    tables are described without metadata
//   full_names       listings of a namespace tell whole paths
//   refresh_status, create_status: of a success
//   error            {code, status?, shape?: "model" | "problem" | "text", error?, detail?}: the answer to every request
//                    (after log-in); `error_on`: a regular expression over "METHOD path" that says to which
// commands:
//   {"table": {id: [...], version?, rows?, metadata?, schema_metadata?, fields?, forbidden?}}
//   {"change": [id...]}          a new version of a table, with more rows
//   {"view": [id...]}            what is known of one, with what was sent when it was created and refreshed last
//   {"job": {id?, table, ...}}   another's job;  {"jobs": true}: all there are
//   {"finish": true}             every job that is under way ends now
//
// A view whose source query holds "fail": MESSAGE has refreshes that fail, one with "endless": true has such that never
// end; "source_table": NAME is the table that it reads, in its own namespace.
import { createHash } from 'node:crypto';

const CODES = [406, 404, 409, 409, 404, 409, 404, 409, 404, 409, 404, 404, 404, 400, 409, 403, 401, 503, 500, 409, 400, 429, 404, 409];

class Refused extends Error {
  constructor(code, message, status = CODES[code] ?? 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

class Plain extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const key = (path) => JSON.stringify(path);
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function checkFields(body, fields, where) {
  for (const [name, type] of Object.entries(fields)) {
    const required = type.endsWith('!');
    const nullable = type.endsWith('?');
    const plain = type.replace(/[!?]$/, '');
    const value = body[name];
    if (value === undefined) {
      if (required) throw new Refused(13, `${where}: missing field '${name}'`);
      continue;
    }
    if (value === null) {
      if (!nullable) throw new Refused(13, `${where}: '${name}' is null`);
      continue;
    }
    const good = {
      string: () => typeof value === 'string',
      text: () => typeof value === 'string' && value.length > 0,
      bool: () => typeof value === 'boolean',
      number: () => typeof value === 'number',
      int: () => Number.isSafeInteger(value) && value >= 0,
      strings: () => Array.isArray(value) && value.every((one) => typeof one === 'string' && one.length > 0),
      map: () => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
      object: () => isObject(value),
    }[plain]();
    if (!good) throw new Refused(13, `${where}: '${name}' is no ${plain}`);
  }
}

const COMMON = { identity: 'object', context: 'map', id: 'strings' };
const CREATE = { ...COMMON, kind: 'string!', source_query: 'string!', output_schema: 'string!', udtf_spec: 'object?', with_no_data: 'bool', auto_refresh: 'bool?' };
const UDTF = {
  kind: 'string!', udtf: 'string!', udtf_sha: 'string!', udtf_name: 'string!', udtf_version: 'string!',
  input_columns: 'strings?', partition_by: 'text?', partition_by_indexed_column: 'text?', num_cpus: 'number?',
  num_gpus: 'number?', memory: 'int?', error_handling: 'object?', batch: 'bool?', manifest: 'string?', manifest_checksum: 'string?',
};
const REFRESH = {
  ...COMMON, src_version: 'int?', max_rows_per_fragment: 'int?', concurrency: 'int?', intra_applier_concurrency: 'int?',
  source_task_size: 'int?', cluster: 'string?', output_limit: 'int?', manifest: 'string?',
};

// The header of an encapsulated IPC message whose metadata fills the rest.
function checkSchema(text) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Refused(13, 'output_schema is no base64');
  if (bytes.length < 16 || bytes.readUInt32LE(0) !== 0xffffffff) throw new Refused(20, 'output_schema is no Arrow IPC message');
  const length = bytes.readInt32LE(4);
  if (length % 8 !== 0 || length + 8 !== bytes.length) throw new Refused(20, 'output_schema: the length of its metadata is wrong');
  const root = 8 + bytes.readUInt32LE(8);
  const vtable = root - bytes.readInt32LE(root);
  const slot = (n) => (bytes.readUInt16LE(vtable) > 4 + 2 * n ? bytes.readUInt16LE(vtable + 4 + 2 * n) : 0);
  if (slot(0) === 0 || bytes.readInt16LE(root + slot(0)) !== 4) throw new Refused(20, 'output_schema: its metadata is not of version 5');
  if (slot(1) === 0 || bytes.readUInt8(root + slot(1)) !== 1) throw new Refused(20, 'output_schema: its message is no schema');
}

function checkCreate(body) {
  checkFields(body, CREATE, 'create');
  if (!['query', 'udtf', 'chunker'].includes(body.kind)) throw new Refused(13, `unknown kind '${body.kind}'`);
  try {
    checkSchema(body.output_schema);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(20, 'output_schema is damaged');
  }
  const udtf = body.udtf_spec ?? null;
  if ((body.kind === 'query') !== (udtf === null)) throw new Refused(13, `udtf_spec does not go with kind '${body.kind}'`);
  if (udtf === null) return;
  checkFields(udtf, UDTF, 'udtf_spec');
  if (udtf.kind !== body.kind) throw new Refused(13, 'udtf_spec.kind is not the kind of the view');
  if (createHash('sha256').update(udtf.udtf).digest('hex') !== udtf.udtf_sha) throw new Refused(13, 'udtf_sha does not match');
  if (udtf.partition_by != null && udtf.partition_by_indexed_column != null) throw new Refused(13, 'partition_by and partition_by_indexed_column exclude each other');
  if (udtf.kind === 'chunker' && (udtf.partition_by ?? udtf.partition_by_indexed_column ?? udtf.error_handling) != null)
    throw new Refused(13, 'a chunker has neither partitions nor error_handling');
  if (udtf.kind === 'udtf' && udtf.batch != null) throw new Refused(13, 'batch is for a chunker');
}

export function create(options) {
  const settings = { jobs: 'on', job_looks: 2, job_delay_looks: 0, job_end: 'DONE', job_states: [], rows: 3, page_size: 0, namespaces: true, ...options };
  const tables = new Map();
  const jobs = [];
  const tokens = new Map(); // access tokens and how often each may still be used
  let clock = 1767000000000;
  let ids = 0;

  function find(path) {
    const table = tables.get(key(path));
    if (!table) throw new Refused(4, `Table '${path.join('$')}' not found`);
    if (table.forbidden) throw new Refused(15, `not permitted: ${path.join('$')}`);
    return table;
  }

  function commit(table) {
    table.version += 1;
    table.versions.push({ version: table.version, manifest_path: `_versions/${table.version}.manifest`, timestamp_millis: (clock += 1000) });
  }

  function addTable(path, more = {}) {
    const table = { path, version: 0, versions: [], rows: 0, metadata: {}, schema_metadata: {}, fields: [], ...more, view: more.view ?? null };
    const versions = Math.max(1, more.version ?? 1);
    table.version = 0;
    while (table.version < versions) commit(table);
    tables.set(key(path), table);
    return table;
  }

  function sourceOf(table) {
    const { space, name } = table.source ?? {};
    return name === undefined ? undefined : tables.get(key([...space, name]));
  }

  function apply(table, request = {}) {
    const source = sourceOf(table);
    const seen = request.src_version ?? source?.version;
    const before = table.metadata['geneva::view::base_table_version'];
    if (source && before === String(seen) && table.filled) return; // nothing to do, and no new version
    if (source) table.metadata['geneva::view::base_table_version'] = String(seen);
    table.rows = source?.rows ?? settings.rows;
    if (request.output_limit != null) table.rows = Math.min(table.rows, request.output_limit);
    table.filled = true;
    commit(table);
  }

  function startJob(table, type, request) {
    const job = { job_id: `job-${++ids}`, table: table.path.join('$'), job_type: type, state: 'PENDING', created: (clock = Math.max(clock + 1, Date.now())), looks: 0, request, of: table };
    jobs.push(job);
    if (settings.jobs !== 'on' || settings.auto_finish) finish(job);
    return job;
  }

  // What the source query itself asks for: {"fail": MESSAGE} or {"endless": true}.
  function wish(job) {
    try {
      return JSON.parse(job.of.view.source_query);
    } catch {
      return {};
    }
  }

  function finish(job) {
    const { fail, endless } = wish(job);
    if (job.ended || endless) return;
    job.ended = true;
    job.state = fail ? 'FAILED' : settings.job_end;
    if (fail) job.failure = { phase: 'apply', message: fail, retryable: false };
    if (/^(done|succeeded)$/i.test(job.state) && job.of) apply(job.of, job.request);
  }

  function advance(job) {
    job.looks += 1;
    if (job.ended) return;
    if (job.looks > settings.job_looks) return finish(job);
    job.state = settings.job_states[job.looks - 1] ?? 'IN_PROGRESS';
  }

  function authorize({ headers, body }) {
    const wanted = settings.credentials;
    if (!wanted) return;
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (wanted.api_key && headers['x-api-key'] === wanted.api_key) return;
    if (wanted.token && bearer === wanted.token) return;
    if (bearer !== undefined && tokens.has(bearer)) {
      const left = tokens.get(bearer) - 1;
      if (left >= 0) {
        tokens.set(bearer, left);
        return;
      }
      tokens.delete(bearer);
    }
    if (wanted.identity_in_body && isObject(body.identity) && body.identity.api_key === wanted.api_key) return;
    throw new Refused(16, 'Unauthenticated: the credentials are missing or wrong');
  }

  function logIn(request) {
    const form = new URLSearchParams(request.text);
    const { client_id, client_secret, expire_after } = settings.credentials ?? {};
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') throw new Plain(415, 'unsupported media type');
    if (form.get('grant_type') !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } };
    if (!client_id || form.get('client_id') !== client_id || form.get('client_secret') !== client_secret)
      return { status: 401, body: { error: 'invalid_client', error_description: 'unknown client' } };
    const token = `access-token-${++ids}`;
    tokens.set(token, expire_after ?? Infinity);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3600 } };
  }

  // The JSON body that a route demands, however small; malformed JSON is refused before anything reads it.
  function bodyOf(request) {
    const type = (request.headers['content-type'] ?? '').split(';')[0].trim();
    if (type !== 'application/json') throw new Plain(415, 'Expected request with `Content-Type: application/json`');
    let body;
    try {
      body = JSON.parse(request.text);
    } catch {
      throw new Plain(400, 'Failed to parse the request body as JSON');
    }
    if (!isObject(body)) throw new Plain(422, 'Failed to deserialize the JSON body into the target type');
    return body;
  }

  function checkId(body, path) {
    if (body.id !== undefined && key(body.id) !== key(path)) throw new Refused(13, `id ${key(body.id)} in the body does not match the path ${key(path)}`);
  }

  function checkSize(body) {
    if (!settings.small_integers) return;
    for (const [name, value] of Object.entries(body))
      if (Number.isInteger(value) && Math.abs(value) > 2147483647) throw new Plain(422, `${name}: invalid value: expected i32`);
  }

  // A segment of the path as parts; the root namespace is the delimiter alone.
  function parts(segment, delimiter) {
    const text = decodeURIComponent(segment.replaceAll('+', ' '));
    if (text === delimiter) return [];
    const path = text.split(delimiter);
    if (path.some((part) => part === '')) throw new Refused(13, `the identifier '${text}' has an empty part`);
    return path;
  }

  function page(names, query, member) {
    names.sort();
    const size = settings.page_size || Math.max(1, names.length);
    const start = settings.repeat_token ? 0 : Number(query.get('page_token') ?? '0');
    if (!Number.isInteger(start)) throw new Refused(13, 'page_token is none of ours');
    const next = settings.repeat_token ?? (start + size < names.length ? String(start + size) : settings.token_style === 'null' ? null : settings.token_style === '' ? '' : undefined);
    const tokenName = settings.token_style === 'next_page_token' ? 'next_page_token' : 'page_token';
    return { status: 200, body: { [member]: names.slice(start, start + size), [tokenName]: next } };
  }

  function namesIn(space, delimiter, wanted) {
    const names = [];
    for (const table of tables.values()) {
      const inside = table.path.length === space.length + 1 && space.every((part, i) => table.path[i] === part);
      if (inside && wanted(table)) names.push(settings.full_names ? table.path.join(delimiter) : table.path.at(-1));
    }
    return names;
  }

  function describe(table, query) {
    const detailed = query.get('load_detailed_metadata') === 'true' && !settings.hide_metadata;
    if (!detailed) return { version: table.version, location: `s3://bucket/${table.path.join('/')}.lance` };
    return {
      table: table.path.at(-1),
      namespace: table.path.slice(0, -1),
      version: table.version,
      location: `s3://bucket/${table.path.join('/')}.lance?signature=SIGNED`,
      schema: { fields: table.fields, metadata: table.schema_metadata },
      metadata: table.metadata,
      storage_options: { aws_secret_access_key: 'STORAGE-SECRET' },
      stats: { num_deleted_rows: 0, num_fragments: table.filled ? 1 : 0 },
      properties: null,
    };
  }

  function createView(path, body) {
    if (body.query !== undefined && settings.views_dialect) body = { kind: 'query', source_query: body.query, output_schema: null, ...body };
    else checkCreate(body);
    if (tables.has(key(path))) throw new Refused(5, `Table '${path.join('$')}' already exists`);
    let source;
    try {
      source = JSON.parse(body.source_query).source_table;
    } catch {
      source = undefined;
    }
    const space = path.slice(0, -1);
    const table = addTable(path, { view: body, source: source === undefined ? undefined : { space, name: source }, filled: false });
    table.metadata = { 'geneva::view::query': body.source_query, 'geneva::view::version': body.kind === 'query' ? '2' : body.kind };
    if (source !== undefined) table.metadata['geneva::view::base_table'] = source;
    table.fields = [{ name: '__source_row_id', nullable: true, type: { type: 'int64' } }, { name: 'id', nullable: true, type: { type: 'int64' } }];
    const answer = { version: table.version };
    if (body.with_no_data === false) answer.job_id = startJob(table, 'refresh_materialized_view', {}).job_id;
    return { status: settings.create_status ?? 201, body: answer };
  }

  function refreshView(path, body) {
    checkFields(body, REFRESH, 'refresh');
    checkSize(body);
    for (const name of ['col_name', 'column_name', 'job_id', 'udf', 'storage_options'])
      if (name in body) throw new Refused(13, `'${name}' is reserved`);
    for (const [name, value] of Object.entries(body))
      if (!(name in REFRESH) && (isObject(value) || Array.isArray(value) || value === null)) throw new Refused(13, `'${name}' is no scalar`);
    const table = find(path);
    if (!table.view) throw new Refused(19, `'${path.join('$')}' is no materialized view`);
    if (body.output_limit != null && table.view.kind !== 'chunker') throw new Refused(13, 'output_limit is for a chunker');
    table.refreshed_with = body;
    return { status: settings.refresh_status ?? 202, body: { job_id: startJob(table, 'refresh_materialized_view', body).job_id } };
  }

  function drop(path) {
    const table = tables.get(key(path));
    if (!table) throw new Refused(4, `Table '${path.join('$')}' not found`);
    tables.delete(key(path));
    return table;
  }

  // What an action on a table or view answers; `body` is null for those without one.
  function onTable(action, path, request, body) {
    switch (action) {
      case 'describe': return { status: 200, body: describe(find(path), request.query) };
      case 'exists': find(path); return { status: 200 };
      case 'drop': drop(path); return { status: 200, body: { id: path, location: null } };
      case 'stats': {
        const { rows } = find(path);
        return { status: 200, body: { num_rows: rows, total_bytes: rows * 100, num_indices: 0, fragment_stats: {} } };
      }
      case 'version/list': {
        const versions = [...find(path).versions];
        if (request.query.get('descending') === 'true') versions.reverse();
        return { status: 200, body: { versions: versions.slice(0, Number(request.query.get('limit') ?? 1000)) } };
      }
      default: return undefined;
    }
  }

  function onView(action, path, body) {
    if (action === 'create') return createView(path, body);
    if (action === 'refresh') return refreshView(path, body);
    if (!settings.views_dialect) return undefined;
    const table = find(path);
    if (action === 'describe') {
      if (!table.view) throw new Refused(4, `View '${path.join('$')}' not found`);
      return { status: 200, body: { query: table.view.source_query } };
    }
    if (action !== 'drop') return undefined;
    drop(path);
    return { status: 202, body: { job_id: `job-${++ids}` } };
  }

  function onJobs(action, request) {
    if (settings.jobs !== 'on') throw new Plain(settings.jobs, settings.jobs === 404 ? 'Not Found' : 'no such route');
    const body = bodyOf(request);
    if (action === 'list') {
      const known = jobs.filter((job) => !job.hidden);
      const listed = known.map(({ job_id, table, job_type, state, created }) => ({ job_id, table, job_type, state, created_at_millis: created }));
      return { status: 200, body: { jobs: listed, page_token: settings.repeat_token ?? null } };
    }
    const job = jobs.find(({ job_id }) => job_id === body.job_id);
    if (!job || job.hidden) throw new Plain(404, `no such job: ${body.job_id}`);
    if (action === 'cancel') {
      if (!job.ended) {
        job.ended = true;
        job.state = 'CANCELLED';
      }
      return { status: 200, body: { job_id: job.job_id } };
    }
    if (action !== 'describe') return undefined;
    if (job.looks < settings.job_delay_looks) {
      job.looks += 1;
      throw new Plain(404, `no such job: ${body.job_id}`);
    }
    advance(job);
    const failed = /^(failed|timed_out)$/i.test(job.state);
    const failure = failed ? { failure: job.failure ?? settings.job_failure ?? { phase: 'apply', message: 'a worker died', retryable: true } } : {};
    return { status: 200, body: { job_id: job.job_id, job_type: job.job_type, job_state: job.state, creation_ms: job.created, spec: { storage_options: { key: 'STORAGE-SECRET' } }, ...failure } };
  }

  function route(request) {
    const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') : request.path;
    const delimiter = request.query.get('delimiter') ?? '$';
    const posted = request.method === 'POST';
    let match = /^\/v1\/jobs\/(list|describe|cancel)$/.exec(path);
    if (match && posted) return onJobs(match[1], request);

    match = /^\/v1\/namespace\/([^/]+)\/(table|materialized_view)\/list$/.exec(path);
    if (match && request.method === 'GET' && settings.namespaces) {
      const views = match[2] === 'materialized_view';
      if (views && !settings.views_dialect) return undefined;
      const names = namesIn(parts(match[1], delimiter), delimiter, (table) => !views || table.view !== null);
      return page(names, request.query, views ? 'views' : 'tables');
    }
    if (path === '/v1/table' && request.method === 'GET') return page([...tables.values()].map((table) => table.path.join(delimiter)), request.query, 'tables');

    match = /^\/v1\/table\/([^/]+)\/(describe|exists|drop|stats|version\/list)$/.exec(path);
    if (match && posted) {
      const id = parts(match[1], delimiter);
      const bodiless = match[2] === 'drop' || match[2] === 'version/list';
      if (bodiless && request.text !== '') throw new Plain(400, 'this route takes no body');
      const body = bodiless ? null : bodyOf(request);
      if (body) checkId(body, id);
      return onTable(match[2], id, request, body);
    }
    match = /^\/v1\/materialized_view\/([^/]+)\/([a-z_]+)$/.exec(path);
    if (match && posted) {
      const id = parts(match[1], delimiter);
      if (match[2] === 'drop' && request.text !== '') throw new Plain(400, 'this route takes no body');
      const body = match[2] === 'drop' ? null : bodyOf(request);
      if (body) checkId(body, id);
      return onView(match[2], id, body);
    }
    return undefined;
  }

  function model(code, status, message, more = {}) {
    return { status, body: { error: message, code, instance: 'request-1', ...more } };
  }

  function told(error, status) {
    const { code, shape = 'model', detail } = error;
    const message = error.error ?? 'as the test asked';
    if (shape === 'text') return { status, headers: { 'content-type': 'text/plain' }, body: message };
    if (shape === 'problem') return { status, body: { type: '/errors/x', title: message, status, detail: detail ?? 'why it is so', instance: '/x' } };
    return model(code, status, message, detail === undefined ? {} : { detail });
  }

  function handle(request) {
    try {
      if (request.path.replace(/\/+$/, '') === '/oauth/token' && request.method === 'POST') return logIn(request);
      let body = {};
      try {
        body = JSON.parse(request.text);
      } catch {
        // Whoever needs the body looks again.
      }
      authorize({ headers: request.headers, body: isObject(body) ? body : {} });
      const { error } = settings;
      const meant = error && new RegExp(settings.error_on ?? '').test(`${request.method} ${request.path}`);
      if (meant) return told(error, error.status ?? CODES[error.code] ?? 500);
      return route(request) ?? { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' };
    } catch (error) {
      if (error instanceof Refused) return model(error.code, error.status, error.message);
      if (error instanceof Plain) return { status: error.status, headers: { 'content-type': 'text/plain' }, body: error.message };
      if (error instanceof URIError) return { status: 400, headers: { 'content-type': 'text/plain' }, body: 'the path is not encoded well' };
      throw error;
    }
  }

  function command(given) {
    if (given.set) Object.assign(settings, given.set);
    if (given.table) {
      const { id, ...more } = given.table;
      addTable(id, more);
    }
    if (given.change) {
      const table = tables.get(key(given.change));
      table.rows += 2;
      commit(table);
    }
    if (given.job) jobs.push({ job_id: `job-${++ids}`, job_type: 'refresh_materialized_view', state: 'IN_PROGRESS', created: Date.now(), looks: 0, ...given.job });
    if (given.finish) jobs.forEach(finish);
    if (given.jobs) return { jobs: jobs.map(({ of, ...job }) => job) };
    if (given.view) return tables.get(key(given.view)) ?? null;
    return {};
  }

  return { handle, command };
}
