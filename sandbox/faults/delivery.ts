import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Platform, Received } from '../platform.ts';
import { alteredAnswer } from './altered-answer.ts';
import type { Fault } from './fault.ts';

/** The kinds that break HTTP itself, or its body. */
export type ConnectionFault = Extract<Fault, { kind: 'reset' | 'cut' | 'hang' | 'drip' | 'endless' | 'padded' }>;

type Framing = 'length' | 'chunked';

const DRIP_MS = 50;

const PIECE = Buffer.alloc(65_536, ' ');

/** Sends the answer, or what the fault makes of it. */
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
    case 'endless':
    case 'padded':
      return breakConnection(fault, reply, answer, answer.type ?? type);
    case 'forget-cursors':
    case 'change':
      // It has done its work before the answer was made.
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

/** Takes the connection out of fastify's hands and spoils it. */
function breakConnection(fault: ConnectionFault, reply: FastifyReply, answer: Answer, type: string): void {
  reply.hijack();
  switch (fault.kind) {
    case 'reset':
      reply.raw.socket?.resetAndDestroy();
      return;
    case 'cut':
      return cut(reply.raw, answer, fault.framing ?? 'length', type);
    case 'drip':
      return drip(reply.raw, fault.everyMs ?? DRIP_MS, type);
    case 'endless':
      return flood(reply.raw, type);
    case 'padded':
      return pad(reply.raw, answer, fault.bytes, fault.framing ?? 'length', type);
    case 'hang':
      return;
  }
}

/** Half of the body, then the connection is gone: before its announced end, or without the last chunk. */
function cut(raw: ServerResponse, answer: Answer, framing: Framing, type: string): void {
  const body = Buffer.from(answer.body);
  writeHead(raw, answer.status, type, framing, body.length);
  raw.write(body.subarray(0, Math.ceil(body.length / 2)), () => raw.destroy());
}

/** White space inside JSON, a byte at a time and without an end. */
function drip(raw: ServerResponse, everyMs: number, type: string): void {
  raw.writeHead(200, { 'content-type': type });
  raw.write('{');
  const timer = setInterval(() => raw.write(' '), everyMs).unref();
  raw.once('close', () => clearInterval(timer));
}

/** White space inside JSON, without an end. */
function flood(raw: ServerResponse, type: string): void {
  raw.writeHead(200, { 'content-type': type });
  raw.write('{');
  writeSpaces(raw, Number.POSITIVE_INFINITY);
}

/** The right answer, with as much white space behind it as makes the body this large. */
function pad(raw: ServerResponse, answer: Answer, bytes: number, framing: Framing, type: string): void {
  const body = Buffer.from(answer.body);
  const length = Math.max(bytes, body.length);
  writeHead(raw, answer.status, type, framing, length);
  raw.write(body);
  writeSpaces(raw, length - body.length);
}

function writeHead(raw: ServerResponse, status: number, type: string, framing: Framing, length: number): void {
  raw.writeHead(status, {
    'content-type': type,
    ...(framing === 'length' ? { 'content-length': length } : { 'transfer-encoding': 'chunked' }),
  });
}

/** White space as fast as the client takes it, and then the end. */
function writeSpaces(raw: ServerResponse, count: number): void {
  let left = count;
  function more(): void {
    while (left > 0 && !raw.destroyed) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      left -= piece.length;
      if (!raw.write(piece)) return void raw.once('drain', more);
    }
    if (left === 0) raw.end();
  }
  more();
}
