import type { Answer, QueryParameters } from '../../platform.ts';
import { invalid } from '../errors.ts';
import type { ComposeOptions } from '../options.ts';
import type { World } from '../world.ts';
import { EventText } from './events.ts';
import { Timeline } from './timeline.ts';

interface AuditQuery {
  readonly limit: number;
  readonly cursor?: string;
  /** Selects events after this time, in milliseconds since 1970. */
  readonly newerThan?: number;
}

/** The ranks on a page: `from` is the oldest, and `to` is one more than the newest. */
interface Page {
  readonly from: number;
  readonly to: number;
}

const EMPTY_PAGE: Page = { from: 0, to: 0 };

const HEAD = '{"_embedded":{"audit_events":[';
const TAIL = ']}}';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DEFAULT_LIMIT = 50;

const MOST_HANDED_OUT = 1000;

/** The account's audit events, as `GET audit_events` and `GET audit_events/:id` return them. */
export class AuditTrail {
  readonly #options: ComposeOptions;
  readonly #timeline: Timeline;
  readonly #text: EventText;
  readonly #handedOut = new HandedOut();

  constructor(world: World, options: ComposeOptions) {
    const { auditEvents, futureEvents, ties } = options;
    this.#options = options;
    this.#timeline = new Timeline({ seed: world.seed, events: auditEvents, future: futureEvents, ties });
    this.#text = new EventText(world, this.#timeline);
  }

  get count(): number {
    return this.#timeline.end;
  }

  /** The ids of all events, newest first. */
  *keys(): Generator<string> {
    for (let rank = this.#timeline.end - 1; rank >= 0; rank -= 1) yield this.#timeline.idAt(rank);
  }

  /** Adds events that are newer than all existing events except those dated in the future. */
  add(count: number): void {
    this.#timeline.add(count);
  }

  /** Marks all cursors issued so far as old. The option `oldCursors` determines the response to old cursors. */
  forgetCursors(): void {
    this.#handedOut.clear();
  }

  page(parameters: QueryParameters): Answer {
    const { maxLimit, oldCursors } = this.#options;
    const read = readAuditQuery(parameters, maxLimit);
    if ('errors' in read) return invalid(read.errors);
    const isOld = read.query.cursor !== undefined && this.#isOld(read.query.cursor);
    const page = isOld ? undefined : this.#find(read.query);
    if (page !== undefined) return this.#write(page);
    if (oldCursors === 'empty') return this.#write(EMPTY_PAGE);
    return invalid({ cursor: ['is not the id of an audit event'] });
  }

  #isOld(id: string): boolean {
    return this.#options.oldCursors !== 'accepted' && !this.#handedOut.has(id);
  }

  /** Returns the page that a query selects, or undefined if the cursor isn't an event's id. */
  #find(query: AuditQuery): Page | undefined {
    const { cursor, newerThan } = this.#options;
    let to = this.#timeline.end;
    let from = 0;
    if (query.newerThan !== undefined && newerThan !== 'ignored') {
      from = this.#timeline.firstFrom(query.newerThan + (newerThan === 'exclusive' ? 1 : 0));
    }
    if (query.cursor !== undefined && cursor !== 'ignored') {
      const rank = this.#timeline.rankOf(query.cursor);
      if (rank === undefined) return undefined;
      to = Math.min(to, cursor === 'inclusive' ? rank + 1 : rank);
    }
    return { from: Math.max(from, to - query.limit), to };
  }

  #write({ from, to }: Page): Answer {
    const events: string[] = [];
    for (let rank = to - 1; rank >= from; rank -= 1) {
      events.push(this.#text.at(rank));
      if (this.#options.oldCursors !== 'accepted') this.#handedOut.add(this.#timeline.idAt(rank));
    }
    return { status: 200, body: HEAD + events.join(',') + TAIL, oneByte: true };
  }
}

/** The ids of the most recently returned events, which reads in progress may send as cursors. */
class HandedOut {
  readonly #ids = new Set<string>();

  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size > MOST_HANDED_OUT) for (const oldest of this.#ids) return void this.#ids.delete(oldest);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  clear(): void {
    this.#ids.clear();
  }
}

/** Parses the parameters of `GET audit_events` (C go, gds-bill). Like the API, returns lists of errors by field. */
function readAuditQuery(
  parameters: QueryParameters,
  maxLimit: number,
): { query: AuditQuery } | { errors: Record<string, string[]> } {
  const errors: Record<string, string[]> = {};
  const time = (name: string): number | undefined => {
    const value = parameters[name];
    if (value === undefined) return undefined;
    const parsed = typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(parsed)) errors[name] = ['must be an RFC 3339 timestamp'];
    return parsed;
  };
  const limit = parameters['limit'] ?? String(DEFAULT_LIMIT);
  if (typeof limit !== 'string' || !/^[1-9]\d*$/.test(limit)) errors['limit'] = ['must be a positive whole number'];
  const cursor = parameters['cursor'];
  if (cursor !== undefined && typeof cursor !== 'string') errors['cursor'] = ['must be given once'];
  const newerThan = time('newer_than');
  if (Object.keys(errors).length > 0) return { errors };
  return {
    query: {
      limit: Math.min(Number(limit), maxLimit),
      ...(typeof cursor === 'string' && { cursor }),
      ...(newerThan !== undefined && { newerThan }),
    },
  };
}
