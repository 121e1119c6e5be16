// What the calls of the fake ThoughtSpot have in common: reading what requests carry, refusing what they may not.

// What a call throws.
export class Refusal extends Error {
  constructor(status, code, ...lines) {
    super(lines.join(' '));
    Object.assign(this, { status, code, lines });
  }
}

export const DONE = { status: 204 };

export function page(status, text) {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<!DOCTYPE html><html><body>${text}</body></html>`,
  };
}

export const missing = () => page(404, 'HTTP 404 Not Found');

export function exactly(parameters, known) {
  for (const [key] of parameters) if (!known.includes(key)) throw new Refusal(400, 10002, `unknown parameter ${key}`);
}

// A list of texts that stands as JSON in a field or parameter.
export function list(text, name) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new Refusal(400, 10002, `${name} is no JSON list of texts`);
}

function demandType(request, type) {
  const given = request.headers['content-type'] ?? '';
  if (!given.startsWith(type)) throw new Refusal(415, 10002, 'Unsupported Media Type');
}

export function form(request, known, required = []) {
  demandType(request, 'application/x-www-form-urlencoded');
  const fields = new URLSearchParams(request.text);
  exactly(fields, known);
  for (const key of required) if (!fields.get(key)) throw new Refusal(400, 10002, `Invalid parameter values: [${key}]`);
  return fields;
}

export function json(request, known) {
  demandType(request, 'application/json');
  const body = request.json();
  for (const key of Object.keys(body))
    if (!known.includes(key)) throw new Refusal(400, 10002, `unknown field ${key}`);
  return body;
}

// Some calls of version 1 answer with text, and only to who takes it.
export function demandText(request) {
  if (!(request.headers.accept ?? '').includes('text/plain')) throw new Refusal(406, 10002, 'Not Acceptable');
}
