// TML as far as the fake must understand it: JSON, and of YAML a root guid and the scalars one level below the object.

function scalar(text) {
  const value = text.trim();
  if (value.startsWith('"')) return JSON.parse(value.match(/^"(?:[^"\\]|\\.)*"/)[0]);
  if (value.startsWith("'")) return value.match(/^'((?:[^']|'')*)'/)[1].replaceAll("''", "'");
  return value.replace(/ #.*$/, '').trim();
}

function readYaml(text) {
  const result = {};
  let kind;
  for (const line of text.split(/\r?\n/)) {
    const root = line.match(/^([a-z_]+):(?:\s+(.*))?$/);
    if (root) {
      if (root[1] === 'guid') result.guid = scalar(root[2] ?? '');
      else result[(kind = root[1])] = {};
      continue;
    }
    const member = kind && line.match(/^ +([a-z_]+):\s+(\S.*)$/);
    if (member && !(member[1] in result[kind])) result[kind][member[1]] = scalar(member[2]);
  }
  return result;
}

// {guid, kind, name, connection, query, body}; throws for what is no TML of a view.
export function readTml(text) {
  const document = text.trimStart().startsWith('{') ? JSON.parse(text) : readYaml(text);
  const kind = ['view', 'sql_view'].find((key) => key in document);
  if (!kind || !document[kind].name) throw new Error('Invalid TML');
  const body = document[kind];
  return {
    guid: document.guid,
    kind,
    name: body.name,
    description: body.description,
    connection: body.connection?.name ?? body.connection?.fqn ?? body.connection,
    query: body.sql_query,
    body,
  };
}

export function writeTml(view) {
  const kind = view.type === 'SQL_VIEW' ? 'sql_view' : 'view';
  const query =
    kind === 'view'
      ? '  search_query: "[SALES_1::revenue]"\n'
      : `  sql_query: ${JSON.stringify(view.query ?? 'select 1')}\n`;
  return `guid: ${view.id}\n${kind}:\n  name: ${JSON.stringify(view.name)}\n${query}`;
}

// A real server writes what it stored in words of its own; members that it knows come first.
export function writeJsonTml(view) {
  const kind = view.type === 'SQL_VIEW' ? 'sql_view' : 'view';
  const usual = kind === 'view' ? { search_query: '[SALES_1::revenue]' } : { sql_query: view.query ?? 'select 1' };
  return JSON.stringify({ guid: view.id, [kind]: { ...usual, ...view.body, name: view.name } }, null, 2);
}
