import type { ConnectorError } from '../../src/core/errors.ts';
import { compose } from '../../src/platforms/compose/compose.ts';
import type { Query, Request } from '../../src/core/stream.ts';
import type { Level } from '../../src/core/output.ts';
import { errorText } from '../../src/http/error-text.ts';
import { statusFailure, toError } from '../../src/http/failure.ts';

export interface FakeRequest {
  path: string;
  query: Query;
  owner: string;
}

/** What is answered at a path: a body, or what a function gives or throws. Bodies are copied, as if they were parsed. */
export type Answers = Record<string, unknown>;

export type AnyAnswer = (path: string, query: Query) => unknown;

/** An API in place of the client. What it has no answer for goes to `otherwise`, or is HTTP 404. */
export class FakeApi {
  readonly requests: FakeRequest[] = [];
  /** What was logged, as `level sentence`. */
  readonly logged: string[] = [];
  readonly answers: Answers;
  readonly #otherwise: AnyAnswer;

  constructor(answers: Answers, otherwise: AnyAnswer = (path) => refuses(404, path)()) {
    this.answers = answers;
    this.#otherwise = otherwise;
  }

  async get({ path, query = {} }: Request, owner: string): Promise<unknown> {
    this.requests.push({ path, owner, query });
    const answer = path in this.answers ? this.answers[path] : (given: Query) => this.#otherwise(path, given);
    const body: unknown = typeof answer === 'function' ? await (answer as (query: Query) => unknown)(query) : answer;
    return structuredClone(body);
  }

  async authorization(): Promise<string> {
    return 'Bearer t';
  }

  log(level: Level, sentence: string): void {
    this.logged.push(`${level} ${sentence}`);
  }

  /** The paths that were asked for, in order. */
  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }
}

/** What the client throws when the API gives this status. `tokenAccepted`: a 401 is about something else. */
export function refusal(status: number, path = 'somewhere', tokenAccepted = false): ConnectorError {
  const failure = statusFailure({ kind: 'answer', status, headers: {}, text: '' }, { textOf: errorText });
  return toError(failure, {
    path,
    method: 'GET',
    host: 'api.example.test',
    words: compose.words,
    attempts: 1,
    timeoutMs: 60_000,
    maxBodyBytes: 2 ** 28,
    proxy: undefined,
    tokenAccepted,
  });
}

/** An answer that is this refusal. */
export function refuses(status: number, path?: string): () => never {
  return () => {
    throw refusal(status, path);
  };
}

/** The body of a list. */
export function listBody(name: string, rows: unknown[]): unknown {
  return { _embedded: { [name]: rows } };
}

/** What is not known of the real API, each in the ways in which it may be. */
export interface EventTraits {
  cursor: 'exclusive' | 'inclusive' | 'ignored';
  newerThan: 'exclusive' | 'inclusive' | 'whole_seconds' | 'ignored';
  /** A page never holds more, whatever is asked for. */
  most: number;
  /** What stands first among events of the same time. */
  ties: 'newcomer' | 'first_come';
  /** The page behind an event that the API no longer has. */
  gone: 'refused' | 'empty';
  olderThan: 'exclusive' | 'inclusive' | 'whole_seconds' | 'ignored' | 'refused';
  /** Every so many requests the API knows the cursor of none; 0: never. Then the page behind it is empty. */
  forgets: number;
}

export const USUAL_TRAITS: EventTraits = {
  cursor: 'exclusive',
  newerThan: 'exclusive',
  most: 100,
  ties: 'newcomer',
  gone: 'refused',
  olderThan: 'exclusive',
  forgets: 0,
};

export interface StoredEvent {
  id: string;
  /** Where it stands in the list, in ms. */
  time: number;
  /** Whether the API tells its time. */
  dated: boolean;
}

/** A model of a list of events that comes newest first. */
export class EventApi {
  readonly #traits: EventTraits;
  /** Newest first. */
  events: StoredEvent[] = [];
  #count = 0;
  #asked = 0;

  constructor(traits: EventTraits) {
    this.#traits = traits;
  }

  add(time: number, dated: boolean): void {
    const event = { id: `e${++this.#count}`, time, dated };
    const before = (other: StoredEvent): boolean =>
      this.#traits.ties === 'newcomer' ? other.time > time : other.time >= time;
    const place = this.events.findLastIndex(before) + 1;
    this.events = this.events.toSpliced(place, 0, event);
  }

  /** The oldest events disappear. */
  expire(count: number): void {
    this.events = this.events.slice(0, Math.max(0, this.events.length - count));
  }

  answer(path: string, { limit, cursor, newer_than: newerThan, older_than: olderThan }: Query): unknown {
    if (path !== 'events') {
      const event = this.events.find(({ id }) => path === `events/${id}`);
      return event === undefined ? refuses(404, path)() : rowOf(event, 0);
    }
    const { cursor: kind, gone, most, forgets, olderThan: older } = this.#traits;
    this.#asked += 1;
    if (olderThan !== undefined && older === 'refused') return refuses(422, path)();
    let rows = this.events.filter(
      ({ time }) =>
        (newerThan === undefined || this.#isNewer(time, String(newerThan))) &&
        (olderThan === undefined || this.#isOlder(time, String(olderThan))),
    );
    if (cursor !== undefined && kind !== 'ignored') {
      if (forgets > 0 && this.#asked % forgets === 0) return listBody('events', []);
      const place = this.events.findIndex(({ id }) => id === cursor);
      if (place < 0) return gone === 'refused' ? refuses(404, path)() : listBody('events', []);
      const from = kind === 'inclusive' ? place : place + 1;
      rows = rows.filter((event) => this.events.indexOf(event) >= from);
    }
    return listBody('events', rows.slice(0, Math.min(Number(limit), most)).map(rowOf));
  }

  #isOlder(time: number, olderThan: string): boolean {
    const bound = Date.parse(olderThan);
    switch (this.#traits.olderThan) {
      case 'exclusive':
        return time < bound;
      case 'inclusive':
        return time <= bound;
      case 'whole_seconds':
        return Math.floor(time / 1_000) < Math.floor(bound / 1_000);
      default:
        return true;
    }
  }

  #isNewer(time: number, newerThan: string): boolean {
    const bound = Date.parse(newerThan);
    switch (this.#traits.newerThan) {
      case 'exclusive':
        return time > bound;
      case 'inclusive':
        return time >= bound;
      case 'whole_seconds':
        return Math.floor(time / 1_000) > Math.floor(bound / 1_000);
      case 'ignored':
        return true;
    }
  }
}

/** The three spellings of the API in turn; a missing date in three ways too. */
function rowOf({ id, time, dated }: StoredEvent, i: number): unknown {
  const utc = new Date(time).toISOString();
  const west = new Date(time - 5 * 3_600_000).toISOString().replace('Z', '-05:00');
  if (!dated) return { id, created_at: [undefined, null, 'someday'][i % 3] };
  return { id, created_at: [utc, west, time % 1_000 === 0 ? utc.replace('.000Z', 'Z') : utc][i % 3] };
}
