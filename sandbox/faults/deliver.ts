import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../http/answers.ts';
import { breakConnection } from './broken-connections.ts';
import type { Fault } from './fault.ts';
import { otherAnswer } from './other-answers.ts';

/** Our convention: the literal header of Compose is unknown, HAL is documented (reference, 4). */
const HAL = 'application/hal+json; charset=utf-8';

const send = (reply: FastifyReply, { status, body, ascii, type, headers }: Answer): void => {
  if (headers !== undefined) void reply.headers(headers);
  void reply
    .code(status)
    .type(type ?? HAL)
    .send(ascii === true ? Buffer.from(body, 'latin1') : body);
};

/** Sends the answer, or what the fault makes of it. */
export const deliver = (request: FastifyRequest, reply: FastifyReply, answer: Answer, fault?: Fault): void => {
  if (fault === undefined) return send(reply, answer);
  switch (fault.kind) {
    case 'reset':
    case 'cut':
    case 'hang':
    case 'drip':
    case 'endless':
    case 'padded':
      return breakConnection(fault, reply, answer, HAL);
    case 'unasked-continue':
      reply.raw.writeContinue();
      return send(reply, answer);
    case 'forget-cursors':
      // It has done its work before the answer was made.
      return send(reply, answer);
    default: {
      const { url, host, headers } = request;
      return send(reply, otherAnswer(fault, answer, { url, host, authorization: headers.authorization ?? '' }));
    }
  }
};
