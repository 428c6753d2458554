import type { Answer } from '../http/answers.ts';
import { invalid, json, notFound } from '../http/answers.ts';
import type { World } from '../data/world.ts';
import { EventIds } from './event-ids.ts';
import { EventText } from './event-text.ts';
import { HandedOut } from './handed-out.ts';
import { type Bound, type Page, pageOf } from './pages.ts';
import { type QueryParameters, readAuditQuery } from './query.ts';
import { Timeline } from './timeline.ts';

export interface AuditOptions {
  readonly auditEvents: number;
  readonly futureEvents: number;
  readonly ties: number;
  readonly cursor: Bound;
  readonly newerThan: Bound;
  readonly olderThan: Bound;
  readonly maxLimit: number;
  /** So many bytes a page has at most, unless a single event is larger; 0 sets no bound. */
  readonly maxPageBytes: number;
  readonly singleEvents: boolean;
  readonly oldCursors: 'accepted' | 'refused' | 'empty';
}

const HEAD = '{"_embedded":{"audit_events":[';
const TAIL = ']}}';

/** The audit events of the account: what `GET audit_events` and `GET audit_events/:id` answer. */
export class AuditTrail {
  readonly #options: AuditOptions;
  readonly #timeline: Timeline;
  readonly #ids: EventIds;
  readonly #text: EventText;
  readonly #handedOut = new HandedOut();
  #oldest = 0;

  constructor(world: World, options: AuditOptions) {
    const { auditEvents, futureEvents, ties } = options;
    this.#options = options;
    this.#timeline = new Timeline({ seed: world.seed, events: auditEvents, future: futureEvents, ties });
    this.#ids = new EventIds(world.seed, this.#timeline);
    this.#text = new EventText(world, this.#timeline, this.#ids);
  }

  get count(): number {
    return this.#timeline.end - this.#oldest;
  }

  /** The ids of all events, newest first. */
  *keys(): Generator<string> {
    for (let rank = this.#timeline.end - 1; rank >= this.#oldest; rank -= 1) yield this.#ids.idAt(rank);
  }

  /** New events on top of the present ones. */
  add(count: number): void {
    this.#timeline.add(count);
  }

  /** Makes the oldest events disappear: how long Compose kept them is unknown. */
  expire(count: number): void {
    this.#oldest = Math.min(this.#timeline.present, this.#oldest + count);
  }

  /** Makes every cursor handed out so far an old one. */
  forgetCursors(): void {
    this.#handedOut.clear();
  }

  /** A page of the list. */
  page(parameters: QueryParameters): Answer {
    const { cursor, newerThan, olderThan, maxLimit, oldCursors } = this.#options;
    const read = readAuditQuery(parameters, maxLimit);
    if ('errors' in read) return invalid(read.errors);
    const bounds = { cursor, newerThan, olderThan, oldest: this.#oldest };
    const isOld = read.query.cursor !== undefined && this.#isOld(read.query.cursor);
    const page = isOld ? undefined : pageOf(read.query, this.#timeline, this.#ids, bounds);
    if (page !== undefined) return this.#write(page);
    if (oldCursors === 'empty') return this.#write({ from: 0, to: 0 });
    return invalid({ cursor: ['is not the id of an audit event'] });
  }

  /** One event on its own. */
  single(id: string): Answer {
    const rank = this.#options.singleEvents && !this.#isOld(id) ? this.#ids.rankOf(id) : undefined;
    return rank === undefined || rank < this.#oldest ? notFound() : { ...json(200, null), body: this.#text.at(rank) };
  }

  /** The events of the page, newest first: all of them, or as many as its bytes may be, and one at least. */
  #write({ from, to }: Page): Answer {
    const most = (this.#options.maxPageBytes || Number.POSITIVE_INFINITY) - TAIL.length;
    let body = HEAD;
    let last: number | undefined;
    for (let rank = to - 1; rank >= from; rank -= 1) {
      const event = last === undefined ? this.#text.at(rank) : `,${this.#text.at(rank)}`;
      if (last !== undefined && body.length + event.length > most) break;
      body += event;
      last = rank;
    }
    if (last !== undefined) this.#handedOut.add(this.#ids.idAt(last));
    return { status: 200, body: body + TAIL, ascii: true };
  }

  #isOld(id: string): boolean {
    return this.#options.oldCursors !== 'accepted' && !this.#handedOut.has(id);
  }
}
