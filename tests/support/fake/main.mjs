// A backend that tests talk to: HTTP on 127.0.0.1, one module for each kind, faults on demand, every request on record.
//
//   node main.mjs --backend NAME [--log FILE] [--options JSON] [--port N]
//
// Prints one line {"port":N,"other_port":M}, then reads commands from stdin, one JSON object a line, and answers each
// with one JSON line: {"fault":{...}} (faults.mjs), {"clear":true}, {"backend":{...}} (the module's own), {"restart":{...}}
// (a new backend made with these options; no faults). Answers are {"ok":true,"result":...} or {"error":"..."}. Ends when
// stdin ends, so that it never outlives the test.
//
// NAME.mjs exports create(options), which returns { handle(request), command(object) }. A request is {method, path,
// query, headers, body, text, json()}: the path raw, as it was sent, without the query; header names in lower case. A
// response is {status, headers, body}, the body a string, a Buffer or an object, which is sent as JSON.
//
// The second port is another host in the place of a redirect's target: it answers everything with 200 and `{}`, and its
// log lines have "listener":"other".
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { answer, Faults } from './faults.mjs';

const { values: flags } = parseArgs({
  options: {
    backend: { type: 'string' },
    log: { type: 'string' },
    options: { type: 'string', default: '{}' },
    port: { type: 'string', default: '0' },
  },
});
if (!/^[a-z]+$/.test(flags.backend ?? '')) {
  console.error('usage: main.mjs --backend NAME [--log FILE] [--options JSON] [--port N]');
  process.exit(2);
}

const { create } = await import(`./${flags.backend}.mjs`);
let backend = await create(JSON.parse(flags.options));
const faults = new Faults();
let underWay = 0;

// Written before the answer leaves: whoever has the answer finds the request on record.
function record(line) {
  if (flags.log) appendFileSync(flags.log, JSON.stringify(line) + '\n');
}

function read(incoming) {
  return new Promise((resolve, reject) => {
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => resolve(Buffer.concat(parts)));
    incoming.on('error', reject);
    incoming.on('close', () => reject(new Error('closed')));
  });
}

function split(url) {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function describe(incoming, body) {
  const [path, query] = split(incoming.url);
  const text = body.toString('utf8');
  return {
    method: incoming.method,
    path,
    query: new URLSearchParams(query),
    headers: incoming.headers,
    body,
    text,
    json: () => JSON.parse(text),
    line: {
      at: Date.now(),
      listener: 'main',
      method: incoming.method,
      path,
      query,
      headers: incoming.headers,
      body: text,
      under_way: underWay,
      status: null,
      fault: null,
    },
  };
}

async function serve(incoming, outgoing) {
  const [path] = split(incoming.url);
  const fault = faults.next(incoming.method, path);
  if (fault?.act === 'reset_headers') {
    const { line } = describe(incoming, Buffer.alloc(0));
    record({ ...line, fault: fault.act });
    incoming.socket.resetAndDestroy();
    return;
  }
  const request = describe(incoming, await read(incoming));
  request.line.fault = fault?.act ?? null;
  const handle = async () => {
    try {
      return await backend.handle(request);
    } catch (error) {
      // A mistake of the fake's, which no test may take for the backend's answer.
      request.line.crash = error.stack;
      return { status: 500, body: 'the fake failed' };
    }
  };
  const log = (status) => record({ ...request.line, status });
  await answer({ fault, request, handle, log, outgoing, other: `http://127.0.0.1:${other.address().port}` });
}

const main = createServer(async (incoming, outgoing) => {
  incoming.on('error', () => {});
  outgoing.on('error', () => {});
  underWay += 1;
  try {
    await serve(incoming, outgoing);
  } catch (error) {
    // The client went away in the middle of its request, or a bug here, which must not pass unseen.
    if (error.message !== 'closed') console.error(error);
    outgoing.destroy();
  } finally {
    underWay -= 1;
  }
});
main.on('clientError', (error, socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  record({ at: Date.now(), listener: 'main', malformed: error.message });
  socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
});

const other = createServer(async (incoming, outgoing) => {
  const { line } = describe(incoming, await read(incoming).catch(() => Buffer.alloc(0)));
  record({ ...line, listener: 'other', status: 200 });
  outgoing.setHeader('content-type', 'application/json');
  outgoing.end('{}');
});

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address().port));
  });
}

async function obey(command) {
  if ('fault' in command) return faults.add(command.fault);
  if ('clear' in command) return faults.clear();
  if ('restart' in command) {
    faults.clear();
    backend = await create(command.restart);
    return null;
  }
  if ('backend' in command) return await backend.command(command.backend);
  throw new Error(`no such command: ${Object.keys(command).join(', ')}`);
}

for (const server of [main, other]) server.keepAliveTimeout = 60_000;
const other_port = await listen(other, 0);
const port = await listen(main, Number(flags.port));
console.log(JSON.stringify({ port, other_port }));

for await (const text of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ ok: true, result: (await obey(JSON.parse(text))) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
process.exit(0);
