// What can go wrong between the backend and its client. A fault is
//
//   {act, method, path, from, times, delay_ms, ...}
//
// `method` and `path` (a regular expression over the raw path) say which requests it can strike; both may be left out.
// It strikes from the `from`th of these on (default 1), `times` times (default 1; 0: for ever). The first fault added
// whose turn it is strikes. With `delay_ms` whatever happens is late by that.
//
//   delay            nothing but the delay
//   reset_headers    reset (RST) before the body is read
//   reset_before     reset before the backend handles the request
//   reset_after      the backend handles it, then a reset without an answer
//   close_after      the same, with the connection closed in good order
//   reset_midbody    a reset after half of the answer's body
//   truncate         half of the body, then closed in good order
//   stall            nothing at all; the backend does not handle it
//   stall_after      nothing at all; the backend has handled it
//   stall_midbody    half of the body, then nothing
//   html             a page in the place of the answer: `body`, `status` (200)
//   wrong_type       the right body called `type` (text/plain)
//   huge             an answer of `megabytes` (100), streamed
//   redirect_loop    back to the same address: `status` (307); for ever unless `times` says otherwise
//   redirect_other   to the second listener, or to `url`: `status` (307)
//   status           `status`, `headers`, `body` or `body_base64`; `retry_after_date`: seconds from now, sent as an HTTP
//                    date
//   replace          the backend's answer, changed: see change()
//
// html, huge, redirect_* and status do not reach the backend; with `handled` they do, and its answer is thrown away.
import { setTimeout as pause } from 'node:timers/promises';

const PAGE = '<!DOCTYPE html>\n<html><head><title>Down for maintenance</title></head><body>Back soon.</body></html>\n';

const common = ['act', 'method', 'path', 'from', 'times', 'delay_ms'];
const acts = {
  delay: [],
  reset_headers: [],
  reset_before: [],
  reset_after: [],
  close_after: [],
  reset_midbody: [],
  truncate: [],
  stall: [],
  stall_after: [],
  stall_midbody: [],
  html: ['body', 'status', 'handled'],
  wrong_type: ['type'],
  huge: ['megabytes', 'handled'],
  redirect_loop: ['status', 'handled'],
  redirect_other: ['url', 'status', 'handled'],
  status: ['status', 'headers', 'body', 'body_base64', 'retry_after_date', 'handled'],
  replace: ['patch', 'members', 'extra', 'nullify', 'twist'],
};

export class Faults {
  #faults = [];

  add(fault) {
    const own = acts[fault.act];
    if (!own) throw new Error(`no such act: ${fault.act}`);
    for (const key of Object.keys(fault))
      if (!common.includes(key) && !own.includes(key)) throw new Error(`'${fault.act}' has no '${key}'`);
    const from = fault.from ?? 1;
    const times = fault.times ?? (fault.act === 'redirect_loop' ? 0 : 1);
    const path = new RegExp(fault.path ?? '');
    this.#faults.push({ ...fault, from, end: times === 0 ? Infinity : from + times, path, seen: 0 });
  }

  clear() {
    this.#faults = [];
  }

  // The fault that strikes this request, if one does. Every fault counts the requests it could strike.
  next(method, path) {
    let striking;
    for (const fault of this.#faults) {
      if ((fault.method && fault.method !== method) || !fault.path.test(path)) continue;
      fault.seen += 1;
      if (fault.seen >= fault.from && fault.seen < fault.end) striking ??= fault;
    }
    return striking;
  }
}

// What goes over the wire: the body as bytes, the headers with its type and length.
function pack({ status = 200, headers = {}, body }) {
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const plain = typeof body === 'string' || Buffer.isBuffer(body);
  if (body !== undefined && !plain) fields['content-type'] ??= 'application/json';
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(plain ? body : JSON.stringify(body));
  if (status !== 204 && status !== 304) fields['content-length'] = bytes.length;
  return { status, headers: fields, bytes };
}

function send(outgoing, { status, headers, bytes }) {
  if (headers.date) outgoing.sendDate = false;
  outgoing.writeHead(status, headers);
  outgoing.end(bytes);
}

// The head and half of the body; of an answer without a body, half of the head. `then` is called once that has left.
function sendHalf(outgoing, { status, headers, bytes }, then) {
  const { socket } = outgoing;
  const fields = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  const head = Buffer.from(`HTTP/1.1 ${status} Answer\r\n${fields.join('')}\r\n`);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  socket.write(bytes.length > 1 ? Buffer.concat([head, half]) : head.subarray(0, head.length / 2), then);
}

// A JSON document of that size, as fast as the client takes it, until it has enough.
async function sendHuge(outgoing, megabytes) {
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  const block = Buffer.alloc(1 << 16, 'a');
  outgoing.write('{"padding":"');
  let goOn = () => {};
  outgoing.on('drain', () => goOn());
  outgoing.on('close', () => goOn());
  for (let i = 0; i < megabytes * 16 && !outgoing.destroyed; ++i)
    if (!outgoing.write(block)) await new Promise((resolve) => (goOn = resolve));
  outgoing.end('"}');
}

function mergePatch(target, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

// A value of a kind that nobody expects there.
function twisted(value) {
  if (typeof value === 'string') return { odd: [value] };
  if (typeof value === 'number') return `${value} and more`;
  return typeof value === 'boolean' ? 1e308 : [];
}

function walk(value, how) {
  const { members = {}, extra, nullify, twist } = how;
  const again = (inner) => walk(inner, how);
  if (Array.isArray(value)) return value.map(again);
  if (value === null || typeof value !== 'object') return nullify ? null : twist ? twisted(value) : value;
  const result = {};
  for (const [key, inner] of Object.entries(value)) result[key] = key in members ? members[key] : again(inner);
  if (extra) result.a_field_from_the_future = { list: [1, null, 'x'] };
  return result;
}

// `patch`: a JSON merge patch (RFC 7396) of the whole; `members`: values for every member of that name at any depth;
// `extra`: a field nobody knows in every object; `nullify`: null in the place of every value that is no object or array;
// `twist`: a value of another kind in the place of each of these.
// Bodies that are not JSON stay as they are.
export function change(response, fault) {
  const { body } = response;
  let document = body;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    try {
      document = JSON.parse(body.toString());
    } catch {
      return response;
    }
  }
  if (document === undefined) return response;
  if ('patch' in fault) document = mergePatch(document, fault.patch);
  return { ...response, body: JSON.stringify(walk(document, fault)), headers: { 'content-type': 'application/json', ...response.headers } };
}

function standIn(fault, request, other) {
  const query = request.query.size === 0 ? '' : `?${request.query}`;
  switch (fault.act) {
    case 'html':
      return { status: fault.status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: fault.body ?? PAGE };
    case 'redirect_loop':
      return { status: fault.status ?? 307, headers: { location: request.path + query } };
    case 'redirect_other':
      return { status: fault.status ?? 307, headers: { location: (fault.url ?? other) + request.path + query } };
    case 'status': {
      const headers = { ...fault.headers };
      if ('retry_after_date' in fault)
        headers['retry-after'] = new Date(Date.now() + fault.retry_after_date * 1000).toUTCString();
      const bytes = fault.body_base64 === undefined ? fault.body : Buffer.from(fault.body_base64, 'base64');
      return { status: fault.status ?? 500, headers, body: bytes };
    }
    default:
      return undefined;
  }
}

// Answers a request, as the fault would have it. `handle` lets the backend have it, `log` puts it on record with the
// status that leaves; it is called exactly once, before anything does.
export async function answer({ fault, request, handle, log, outgoing, other }) {
  if (fault?.delay_ms) await pause(fault.delay_ms);
  const { socket } = outgoing;
  const act = fault?.act ?? 'delay';
  if (act === 'stall') return log(null);
  if (act === 'reset_before') {
    log(null);
    return socket.resetAndDestroy();
  }

  const replaced = fault ? standIn(fault, request, other) : undefined;
  if (replaced || act === 'huge') {
    if (fault.handled) await handle();
    const packed = replaced ? pack(replaced) : undefined;
    log(packed?.status ?? 200);
    return packed ? send(outgoing, packed) : sendHuge(outgoing, fault.megabytes ?? 100);
  }

  let response = await handle();
  if (act === 'replace') response = change(response, fault);
  if (act === 'wrong_type') response = { ...response, headers: { ...response.headers, 'content-type': fault.type ?? 'text/plain' } };
  const packed = pack(response);
  const lost = ['reset_after', 'close_after', 'stall_after'].includes(act);
  log(lost ? null : packed.status);
  switch (act) {
    case 'reset_after':
      return socket.resetAndDestroy();
    case 'close_after':
      return socket.end();
    case 'stall_after':
      return undefined;
    case 'reset_midbody':
      return sendHalf(outgoing, packed, () => socket.resetAndDestroy());
    case 'truncate':
      return sendHalf(outgoing, packed, () => socket.end());
    case 'stall_midbody':
      return sendHalf(outgoing, packed, () => {});
    default:
      return send(outgoing, packed);
  }
}
