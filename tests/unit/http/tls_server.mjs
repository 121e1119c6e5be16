// An https server for the tests of the transport: node tls_server.mjs FOLDER [http/1.1|mutual]. Takes key.pem and cert.pem
// from FOLDER, listens on 127.0.0.1, writes its port to FOLDER/port and says so on stdout. It ends with its stdin.
//
// It offers HTTP/2 unless told "http/1.1", and asks for the certificate of its clients, the same as its own, if told
// "mutual". The answer to a request is JSON: {"http":"2.0","connection":1,"request":3,"body":"…"}, with numbers
// counted from the start. What else it does the path says:
//   /lost     ends the connection without an answer, once; later requests are answered
//   /refused  HTTP/2: refuses the stream (it was not looked at), once
//   /cut      ends the connection in the middle of the answer
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createSecureServer, constants } from 'node:http2';

const [folder, manner] = process.argv.slice(2);
const options = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) };
if (manner === 'mutual') Object.assign(options, { requestCert: true, rejectUnauthorized: true, ca: options.cert });
const server = manner === 'http/1.1' ? createServer(options) : createSecureServer({ ...options, allowHTTP1: true });

let connections = 0;
let requests = 0;
const struck = new Set();
const once = (path) => !struck.has(path) && struck.add(path);

server.on('secureConnection', (socket) => {
  socket.number = ++connections;
  socket.on('error', () => {});
});
server.on('sessionError', () => {});
server.on('request', async (request, response) => {
  let body = '';
  request.on('error', () => {});
  response.on('error', () => {});
  for await (const piece of request) body += piece;
  const session = request.stream?.session;
  const socket = session?.socket ?? request.socket;
  const end = () => (session ?? socket).destroy();
  const number = ++requests;
  if (request.url === '/lost' && once('lost')) return end();
  if (request.url === '/refused' && once('refused')) return request.stream.close(constants.NGHTTP2_REFUSED_STREAM);
  if (request.url === '/cut') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"http":');
    setTimeout(end, 20);
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ http: request.httpVersion, connection: socket.number, request: number, body }),
  );
});

server.listen(0, '127.0.0.1', () => {
  writeFileSync(`${folder}/port`, String(server.address().port));
  console.log('listening');
});
process.stdin.on('end', () => process.exit(0)).resume();
