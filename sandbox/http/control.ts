import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { upTo } from '../data/world.ts';
import type { FaultList } from '../faults/fault-list.ts';
import { readFaults } from '../faults/fault.ts';
import { type Holdings, STREAM_NAMES, type StreamName, countsOf, keysOf } from '../keys.ts';
import type { Statistics } from './statistics.ts';

const isStreamName = (text: unknown): text is StreamName => STREAM_NAMES.some((name) => name === text);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const NOT_A_COUNT = { errors: 'numbers must be whole and not below 0' };

const isLoopback = (address: string): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address);

/** One key a line, in pieces, since there may be millions. */
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

/**
 * Ours, not the API's: the endpoints below `/_sandbox`, with which another process looks at the sandbox and changes it.
 * They want no token, and so they answer this machine alone.
 */
export const serveControl = (
  root: FastifyInstance,
  { holdings, faults, statistics }: { holdings: Holdings; faults: FaultList; statistics: Statistics },
): void => {
  void root.register(
    (app, _options, done) => {
      app.addHook('onRequest', async (request, reply) => {
        if (!isLoopback(request.ip)) await reply.code(403).send({ errors: 'only for this machine' });
      });
      app.get('/stats', () => statistics.snapshot());
      app.get('/requests', () => statistics.entries);
      app.get('/counts', () => countsOf(holdings));
      app.get('/keys', (request, reply) => {
        const { stream } = request.query as { stream?: unknown };
        if (!isStreamName(stream)) return reply.code(400).send({ errors: 'stream must be the name of a stream' });
        return reply.type('text/plain').send(Readable.from(lines(keysOf(holdings, stream))));
      });
      app.post('/events', (request, reply) => {
        const { add = 0, expire = 0 } = (request.body ?? {}) as { add?: unknown; expire?: unknown };
        if (!isCount(add) || !isCount(expire)) return reply.code(400).send(NOT_A_COUNT);
        holdings.trail.add(add);
        holdings.trail.expire(expire);
        return { audit_events: holdings.trail.count };
      });
      app.delete('/cursors', (_request, reply) => {
        holdings.trail.forgetCursors();
        return reply.code(204).send();
      });
      app.post('/recipes', (request, reply) => {
        const { add = 0, touch = 0 } = (request.body ?? {}) as { add?: unknown; touch?: unknown };
        if (!isCount(add) || !isCount(touch)) return reply.code(400).send(NOT_A_COUNT);
        return {
          added: upTo(add).map(() => holdings.recipes.add(0)),
          touched: upTo(touch).map(() => holdings.recipes.touch(0)),
        };
      });
      app.put('/faults', (request, reply) => {
        const read = readFaults(request.body);
        if (typeof read === 'string') return reply.code(400).send({ errors: read });
        faults.replace(read);
        return { faults: read.length };
      });
      done();
    },
    { prefix: '/_sandbox' },
  );
};
