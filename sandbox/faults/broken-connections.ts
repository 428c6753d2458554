import type { FastifyReply } from 'fastify';
import type { Answer } from '../http/answers.ts';
import type { Fault } from './fault.ts';

/** The fault's kinds that break HTTP itself. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' }>;

const DRIP_MS = 50;

/** Half of the body, then the connection is gone: before its announced end, or without the last chunk. */
const cut = ({ raw }: FastifyReply, answer: Answer, framing: 'length' | 'chunked', type: string): void => {
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
    case 'hang':
      return;
  }
};
