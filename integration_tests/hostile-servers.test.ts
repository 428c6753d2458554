import { once } from 'node:events';
import { type RequestListener, createServer as createHttpServer } from 'node:http';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { runConnector } from '../test-support/connector.ts';
import { messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';
import { CERTIFICATE, PRIVATE_KEY } from './local-tls.ts';
import { type ReadResult, read as readIn } from './reads.ts';

const TOKEN = 'token-0123456789';
const ACCOUNTS = '{"_embedded":{"accounts":[{"id":"5a1c3e7f9b20d4001200a001"}]}}';

type Env = Record<string, string>;

function workspace(): Workspace {
  const made = new Workspace();
  onTestFinished(() => made.remove());
  return made;
}

/** Starts a server on a loopback address, and returns its port. The server and its connections close at the end of the test. */
async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function read(base_url: string, streams: string[], options: { env?: Env } = {}): Promise<ReadResult> {
  const config = { api_token: TOKEN, base_url };
  const result = await readIn(workspace(), config, catalogOf('full_refresh', streams), undefined, options);
  expect(result.violations).toEqual([]);
  return result;
}

/** Runs `check`, and returns its exit code, its output and the connection status. */
async function check(base_url: string, env: Env = {}) {
  const config = workspace().file('config.json', { api_token: TOKEN, base_url });
  const { exitCode, stdout, stderr } = await runConnector(['check', '--config', config], { env });
  const last = messagesOf(stdout).at(-1);
  return { exitCode, stdout, stderr, ...(last?.type === 'CONNECTION_STATUS' ? last.connectionStatus : {}) };
}

describe('an endless body', () => {
  const LIMIT = 256 * 2 ** 20;
  /** Prints the program's peak memory usage, in KiB, to stderr when the program exits. */
  const TELL_MEMORY =
    "data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))";

  /**
   * Reads `accounts` from a server that sends an endless body. Also returns the number of bytes that the server sent, and the program's
   * peak memory usage in bytes.
   */
  async function readEndless(headers: Record<string, string>) {
    let written = 0;
    const piece = Buffer.alloc(65_536, ' ');
    const server = createHttpServer((_, response) => {
      response.writeHead(200, headers);
      const more = (): void => {
        while (response.write(piece)) written += piece.length;
        written += piece.length;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    const ws = workspace();
    const config = ws.file('config.json', { api_token: TOKEN, base_url: `http://127.0.0.1:${await portOf(server)}` });
    const catalog = ws.file('catalog.json', catalogOf('full_refresh', ['accounts']));
    const finished = await runConnector(['read', '--config', config, '--catalog', catalog], {
      env: { NODE_OPTIONS: `--import ${TELL_MEMORY}` },
    });
    return { ...finished, written, maxRss: Number(finished.stderr) * 1_024 };
  }

  it('an endless body is read up to the limit, in bounded memory, and causes a system_error that names the limit', async () => {
    const { exitCode, stdout, written, maxRss } = await readEndless({});
    expect(exitCode).toBe(1);
    expect(stdout).toContain('"failure_type":"system_error"');
    expect(stdout).toContain('The response for accounts exceeds the limit of 256 MB');
    expect(written).toBeGreaterThan(LIMIT);
    // The buffers on both sides hold much less than half of the limit.
    expect(written).toBeLessThan(1.5 * LIMIT);
    expect(maxRss).toBeLessThan(2.5 * LIMIT);
  });
});

describe('HTTP 401', () => {
  /** An API that rejects one list with a 401 that is unrelated to the token. */
  const without = (path: string, accounts: number): RequestListener => {
    return (request, response) => {
      const name = request.url?.split('?')[0]?.slice(1) ?? '';
      const status = name === path ? 401 : name === 'accounts' ? accounts : 200;
      const list = name === 'deployments' ? '{"id":"d1"},{"id":"d2"}' : '';
      const body =
        status === 401 ? '{"errors":"unauthorized"}' : `{"_embedded":{"${name.replace(/.*\//, '')}":[${list}]}}`;
      response.writeHead(status).end(body);
    };
  };

  it('a deployment that returns a 401 is skipped, and the token is not blamed', async () => {
    const server = createHttpServer(without('deployments/d1/roles', 200));
    const result = await read(`http://127.0.0.1:${await portOf(server)}`, ['deployments_roles', 'teams']);
    expect(result.exitCode).toBe(0);
    expect(result.errors).toEqual([]);
    expect(result.logs.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^deployments_roles: the API rejected this stream's requests for deployment d1 /),
    );
  });
});

describe('TLS', () => {
  const startApi = (): Promise<number> =>
    portOf(
      createTlsServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${ACCOUNTS.length}\r\n\r\n${ACCOUNTS}`);
        });
      }),
    );
  const trusting = (): Env => ({ NODE_EXTRA_CA_CERTS: workspace().file('ca.pem', CERTIFICATE) });

  it('an untrusted certificate fails the check, unless the file in NODE_EXTRA_CA_CERTS contains it', async () => {
    const address = `https://127.0.0.1:${await startApi()}`;
    expect(await check(address)).toMatchObject({
      exitCode: 0,
      status: 'FAILED',
      message: expect.stringContaining('is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)') as string,
    });
    expect(await check(address, trusting())).toMatchObject({ exitCode: 0, status: 'SUCCEEDED' });
  });

  it('a port without TLS fails the check, and the error says so', async () => {
    const port = await portOf(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await check(`https://127.0.0.1:${port}`)).toMatchObject({
      exitCode: 0,
      status: 'FAILED',
      message: expect.stringMatching(
        /^The address of 127\.0\.0\.1:\d+ in base_url starts with https:\/\/, but the server responds without TLS .* change https:\/\/ to http:\/\/\.$/,
      ) as string,
    });
  });

  it('a broken TLS handshake is retried, and is not blamed on the certificate', async () => {
    const api = await startApi();
    const breaks: Array<(socket: Socket) => void> = [
      (socket) => socket.resetAndDestroy(),
      // The TLS alert "internal error", which load balancers send if they have no backend.
      (socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 80])),
    ];
    const server = createServer((socket) => {
      const how = breaks.shift();
      if (how !== undefined) {
        socket.once('data', () => how(socket));
        return;
      }
      const onward = connect(api, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const result = await read(`https://127.0.0.1:${await portOf(server)}`, ['accounts'], { env: trusting() });
    expect(result.exitCode).toBe(0);
    expect(result.records.get('accounts')).toHaveLength(1);
    const warnings = result.logs.filter(({ level }) => level === 'WARN').map(({ message }) => message);
    expect(warnings).toEqual([
      expect.stringMatching(/^GET accounts: attempt 1 failed: ECONNRESET .*; retrying in \d\.\d s$/),
      expect.stringMatching(/^GET accounts: attempt 2 failed: ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR/),
    ]);
  });

  it("a request is tunneled to the API through a proxy, and only the proxy gets the proxy's credentials", async () => {
    const api = await startApi();
    const asked: Array<[string | undefined, string | undefined]> = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket: Socket) => {
      asked.push([request.url, request.headers['proxy-authorization']]);
      const onward = connect(api, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    });
    const env = { ...trusting(), HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${await portOf(proxy)}` };
    expect(await check('https://api.internal', env)).toMatchObject({ exitCode: 0, status: 'SUCCEEDED' });
    expect(asked.length).toBeGreaterThan(0);
    const tunnel = ['api.internal:443', `Basic ${Buffer.from('me:p@ss').toString('base64')}`];
    expect(asked.filter((each) => each.join() !== tunnel.join())).toEqual([]);
  });
});

describe('an unusable proxy', () => {
  const SECRET = 'pr0xy-s3cret';
  const address = (port: number): string => `http://me:${SECRET}@127.0.0.1:${port}`;

  /** A proxy that responds to every request, including CONNECT, with this status. */
  async function proxyWith(status: number): Promise<number> {
    const proxy = createHttpServer((request, response) => {
      response.writeHead(status).end(`refused: ${request.headers['proxy-authorization']}`);
    });
    proxy.on('connect', (_, socket: Socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    return portOf(proxy);
  }

  it.each(['http', 'https'])(
    'an error about an unreachable proxy names the proxy without its password (%s)',
    async (scheme) => {
      const port = await closedPort();
      const variable = `${scheme.toUpperCase()}_PROXY`;
      const { stdout, stderr, ...answer } = await check(`${scheme}://api.internal`, { [variable]: address(port) });
      expect(answer).toMatchObject({
        exitCode: 0,
        status: 'FAILED',
        message: `The proxy 127.0.0.1:${port}, set in ${variable}, cannot be reached (ECONNREFUSED). Correct ${variable}, or make sure that the proxy is up.`,
      });
      expect(stdout + stderr).not.toContain(SECRET);
    },
  );

  it.each(['http', 'https'])('an error says that the proxy requires a login (%s)', async (scheme) => {
    const port = await proxyWith(407);
    const variable = `${scheme.toUpperCase()}_PROXY`;
    const { stdout, ...answer } = await check(`${scheme}://api.internal`, { [variable]: address(port) });
    expect(answer).toMatchObject({
      exitCode: 0,
      status: 'FAILED',
      message: expect.stringMatching(
        new RegExp(
          `^The proxy 127\\.0\\.0\\.1:${port} requires credentials, or rejected the configured credentials \\(HTTP 407\\)\\. Set ${variable}`,
        ),
      ) as string,
    });
    expect(stdout).not.toContain(SECRET);
    expect(stdout).not.toContain(Buffer.from(`me:${SECRET}`).toString('base64'));
  });
});

describe('a tiny Retry-After', () => {
  it('a rate limit with a tiny Retry-After does not cause many requests', async () => {
    const times: number[] = [];
    const server = createHttpServer((_, response) => {
      times.push(performance.now());
      if (times.length > 3) response.writeHead(200).end(ACCOUNTS);
      else response.writeHead(429, { 'retry-after': '0.001' }).end();
    });
    // Run the program as a child process, which waits in real time.
    const result = await read(`http://127.0.0.1:${await portOf(server)}`, ['accounts'], { env: {} });
    expect(result.exitCode).toBe(0);
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(waits).toHaveLength(3);
    // The first wait is at least 0.75 s, and this minimum doubles with each wait. The measurement of a wait starts before the response, so
    // a slow machine can't make the wait look shorter.
    for (const [i, wait] of waits.entries()) expect(wait).toBeGreaterThan(700 * 2 ** i);
  });
});
