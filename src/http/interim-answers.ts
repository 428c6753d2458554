import type { Socket } from 'node:net';

const INTERIM = Buffer.from('HTTP/1.1 1');
/** Enough to tell 101 from the other codes. */
const STATUS_LINE = 'HTTP/1.1 101'.length;
const HEAD_END = '\r\n\r\n';
/** As undici has it for the head of an answer. */
const LONGEST_HEAD = 16_384;
const NOTHING = Buffer.alloc(0);

/**
 * Takes the interim answers, such as `100 Continue`, out of what comes in before an answer. Servers may send them unasked,
 * and clients have to ignore them (RFC 9110, 15.2); undici closes the connection at a 100 that it did not ask for. Only
 * the beginning of an answer is looked at, so a body costs nothing. Expects one request at a time on a connection.
 */
export function ignoreInterimAnswers(socket: Socket): Socket {
  const push = socket.push.bind(socket) as (chunk: Buffer | null) => boolean;
  const write = socket.write.bind(socket);
  /** What has come of the beginning of an answer; undefined in its middle. */
  let beginning: Buffer | undefined;
  socket.write = (...args: unknown[]): boolean => {
    beginning = NOTHING;
    return Reflect.apply(write, socket, args) as boolean;
  };
  socket.push = (chunk: Buffer | null): boolean => {
    if (beginning === undefined) return push(chunk);
    if (chunk === null) {
      if (beginning.length > 0) push(beginning);
      return push(null);
    }
    const { decided, bytes } = afterInterim(beginning.length === 0 ? chunk : Buffer.concat([beginning, chunk]));
    beginning = decided ? undefined : bytes;
    return decided ? push(bytes) : true;
  };
  return socket;
}

/** The bytes behind all interim answers; not decided as long as they may be the beginning of another. */
function afterInterim(bytes: Buffer): { decided: boolean; bytes: Buffer } {
  for (let at = 0; ;) {
    const left = bytes.subarray(at);
    const known = Math.min(left.length, INTERIM.length);
    if (left.compare(INTERIM, 0, known, 0, known) !== 0) return { decided: true, bytes: left };
    // 101 is no interim answer: the connection would go on in another protocol.
    const end = left.length < STATUS_LINE ? -1 : left.indexOf(HEAD_END);
    if (left.toString('latin1', INTERIM.length, STATUS_LINE) === '01') return { decided: true, bytes: left };
    if (end === -1) return { decided: left.length > LONGEST_HEAD, bytes: left };
    at += end + HEAD_END.length;
  }
}
