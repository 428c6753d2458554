import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Platform, Received } from '../platform.ts';
import { alteredAnswer } from './altered-answer.ts';
import type { ConnectionFault, Fault } from './fault.ts';

type Framing = 'length' | 'chunked';

const DRIP_MS = 50;

/** Sends the response after applying the fault, if any. */
export function deliver(
  platform: Platform,
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, received }: { answer: Answer; received: Received },
  fault?: Fault,
): void {
  const type = platform.contentType;
  if (fault === undefined) return send(reply, answer, type);
  switch (fault.kind) {
    case 'reset':
    case 'cut':
    case 'hang':
    case 'drip':
      return breakConnection(fault, reply, answer, answer.type ?? type);
    case 'forget-cursors':
    case 'change':
      // This fault took effect before the response was created.
      return send(reply, answer, type);
    default: {
      const { url, host, headers } = request;
      const asked = { url, host, path: received.path, authorization: headers.authorization ?? '' };
      return send(reply, alteredAnswer(fault, answer, asked, platform), type);
    }
  }
}

function send(reply: FastifyReply, { status, body, oneByte, type, headers }: Answer, usualType: string): void {
  if (headers !== undefined) void reply.headers(headers);
  void reply
    .code(status)
    .type(type ?? usualType)
    .send(oneByte === true ? Buffer.from(body, 'latin1') : body);
}

/** Takes over the connection from fastify and breaks it. */
function breakConnection(fault: ConnectionFault, reply: FastifyReply, answer: Answer, type: string): void {
  reply.hijack();
  switch (fault.kind) {
    case 'reset':
      reply.raw.socket?.resetAndDestroy();
      return;
    case 'cut':
      return cut(reply.raw, answer, fault.framing ?? 'length', type);
    case 'drip':
      return drip(reply.raw, type);
    case 'hang':
      return;
  }
}

/** Sends half of the body, then closes the connection before the declared length or the last chunk. */
function cut(raw: ServerResponse, answer: Answer, framing: Framing, type: string): void {
  const body = Buffer.from(answer.body);
  raw.writeHead(answer.status, {
    'content-type': type,
    ...(framing === 'length' ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' }),
  });
  raw.write(body.subarray(0, Math.ceil(body.length / 2)), () => raw.destroy());
}

/** Sends an opening brace and then endless whitespace, byte by byte. */
function drip(raw: ServerResponse, type: string): void {
  raw.writeHead(200, { 'content-type': type });
  raw.write('{');
  const timer = setInterval(() => raw.write(' '), DRIP_MS).unref();
  raw.once('close', () => clearInterval(timer));
}
