// The least backend there is, for the tests of the framework itself: answers with what it was sent and how many
// requests it has handled. The command {"status":N} decides the status of its answers, a request for /crash throws.
export function create(options) {
  let handled = 0;
  let status = options.status ?? 200;
  return {
    handle(request) {
      if (request.path === '/crash') throw new Error('asked to');
      handled += 1;
      const { method, path, text } = request;
      return { status, body: { method, path, query: Object.fromEntries(request.query), text, handled, at: '2026-01-15T12:00:00Z' } };
    },
    command(command) {
      if ('status' in command) status = command.status;
      return { handled };
    },
  };
}
