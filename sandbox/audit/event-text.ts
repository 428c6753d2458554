import { SECOND, ZONE, ZONE_OFFSET } from '../data/calendar.ts';
import { noise } from '../data/noise.ts';
import { DateText } from './date-text.ts';
import { type World, upTo } from '../data/world.ts';
import { DETAIL_COUNT, eventDetails } from './event-details.ts';
import type { EventIds } from './event-ids.ts';
import type { Timeline } from './timeline.ts';

/** JSON in ASCII alone: such a page is one byte a character, and cheap to send. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const AFTER_ID = '","_links":{"self":{"href":"https://api.compose.io/2016-07/audit_events/';
const LAST = '{?embed}","templated":true}}}';

/** Writes audit events as JSON text, out of details rendered once: a benchmark asks for them by the hundred thousand. */
export class EventText {
  readonly #seed: number;
  readonly #timeline: Timeline;
  readonly #ids: EventIds;
  readonly #details: readonly string[];
  readonly #dates = new DateText();
  readonly #offsetDates = new DateText();

  constructor(world: World, timeline: Timeline, ids: EventIds) {
    this.#seed = world.seed;
    this.#timeline = timeline;
    this.#ids = ids;
    this.#details = upTo(DETAIL_COUNT).map(
      (number) => `",${asciiJson(eventDetails(world, number)).slice(1, -1)},"created_at":"`,
    );
  }

  /** The event at the rank. */
  at(rank: number): string {
    const time = this.#timeline.timeAt(rank);
    const id = this.#ids.idAt(rank, time);
    // Taken from the id's own digits, which stay when the rank of an event of the future moves.
    const bits = noise(this.#seed, 72, Number.parseInt(id.slice(16), 16));
    const details = this.#details[bits % DETAIL_COUNT] ?? '';
    return `{"id":"${id}${details}${this.#date(time, bits)}${AFTER_ID}${id}${LAST}`;
  }

  /** One in sixteen has an offset; those on a whole second go without milliseconds. */
  #date(time: number, bits: number): string {
    if ((bits >>> 8) % 16 === 0) return `${this.#offsetDates.of(time + ZONE_OFFSET, true)}${ZONE}`;
    return `${this.#dates.of(time, time % SECOND !== 0)}Z`;
  }
}
