import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Answer } from '../http/answers.ts';
import type { Fault } from './fault.ts';

/** The fault's kinds that break HTTP itself. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' | 'endless' | 'padded' }>;

type Framing = 'length' | 'chunked';

const DRIP_MS = 50;

/** Half of the body, then the connection is gone: before its announced end, or without the last chunk. */
const cut = ({ raw }: FastifyReply, answer: Answer, framing: Framing, type: string): void => {
  const body = Buffer.from(answer.body);
  raw.writeHead(answer.status, {
    'content-type': type,
    ...(framing === 'length' ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' }),
  });
  raw.write(body.subarray(0, Math.ceil(body.length / 2)), () => raw.destroy());
};

/** White space inside of JSON, a byte at a time and without an end. */
const drip = ({ raw }: FastifyReply, everyMs: number, type: string): void => {
  raw.writeHead(200, { 'content-type': type });
  raw.write('{');
  const timer = setInterval(() => raw.write(' '), everyMs).unref();
  raw.once('close', () => clearInterval(timer));
};

const PIECE = Buffer.alloc(65_536, ' ');

/** White space as fast as the client takes it; undefined: without an end. */
const writeSpaces = (raw: ServerResponse, count?: number): void => {
  let left = count ?? Number.POSITIVE_INFINITY;
  const more = (): void => {
    while (left > 0 && !raw.destroyed) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!raw.write(piece)) return void raw.once('drain', more);
    }
    if (left === 0) raw.end();
  };
  more();
};

/** White space inside of JSON, without an end. */
const flood = ({ raw }: FastifyReply, type: string): void => {
  raw.writeHead(200, { 'content-type': type });
  raw.write('{');
  writeSpaces(raw);
};

/** The right answer, with so much white space behind it that the body has the size. */
const pad = ({ raw }: FastifyReply, answer: Answer, bytes: number, framing: Framing, type: string): void => {
  const body = Buffer.from(answer.body);
  const length = Math.max(bytes, body.length);
  raw.writeHead(answer.status, {
    'content-type': type,
    ...(framing === 'length' ? { 'content-length': length } : { 'transfer-encoding': 'chunked' }),
  });
  raw.write(body);
  writeSpaces(raw, length - body.length);
};

/** Takes the connection out of fastify's hands and spoils it. */
export const breakConnection = (fault: ConnectionFault, reply: FastifyReply, answer: Answer, type: string): void => {
  reply.hijack();
  switch (fault.kind) {
    case 'reset':
      reply.raw.socket?.resetAndDestroy();
      return;
    case 'cut':
      return cut(reply, answer, fault.framing ?? 'length', type);
    case 'drip':
      return drip(reply, fault.everyMs ?? DRIP_MS, type);
    case 'endless':
      return flood(reply, type);
    case 'padded':
      return pad(reply, answer, fault.bytes, fault.framing ?? 'length', type);
    case 'hang':
      return;
  }
};
