import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type FaultList, readFaults } from './faults/fault.ts';
import type { Platform } from './platform.ts';
import type { Statistics } from './traffic.ts';

export interface ControlParts {
  readonly platform: Platform;
  readonly faults: FaultList;
  readonly statistics: Statistics;
}

/**
 * The endpoints below `/_sandbox`, which are not part of the API. Other processes use these endpoints to inspect and change the sandbox.
 * The endpoints require no token, so they accept only requests from this machine.
 */
export function serveControl(root: FastifyInstance, { platform, faults, statistics }: ControlParts): void {
  void root.register(
    (app, _options, done) => {
      app.addHook('onRequest', async (request, reply) => {
        if (!isLoopback(request.ip)) await reply.code(403).send({ errors: 'accessible only from this machine' });
      });
      app.get('/stats', () => statistics.snapshot());
      app.get('/requests', () => statistics.entries);
      app.get('/counts', () => platform.counts());
      app.get('/keys', (request, reply) => {
        const { stream } = request.query as { stream?: unknown };
        const name = platform.streams.find((known) => known === stream);
        if (name === undefined) return reply.code(400).send({ errors: 'stream must be the name of a stream' });
        return reply.type('text/plain').send(Readable.from(lines(platform.keys(name))));
      });
      app.put('/faults', (request, reply) => {
        const read = readFaults(request.body);
        if (typeof read === 'string') return reply.code(400).send({ errors: read });
        faults.replace(read);
        return { faults: read.length };
      });
      for (const [name, change] of Object.entries(platform.changes)) {
        app.post(`/${name}`, (request, reply) => {
          const numbers: unknown = request.body ?? {};
          if (!areCounts(numbers)) return reply.code(400).send({ errors: 'numbers must be nonnegative integers' });
          return change(numbers);
        });
      }
      done();
    },
    { prefix: '/_sandbox' },
  );
}

function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}

function areCounts(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((count) => Number.isSafeInteger(count) && Number(count) >= 0)
  );
}

/** Yields one key per line, in chunks, because there may be millions of keys. */
function* lines(keys: Iterable<string>): Generator<string> {
  let piece = '';
  for (const key of keys) {
    piece += `${key}\n`;
    if (piece.length < 60_000) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
