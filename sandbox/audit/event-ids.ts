import { SECOND } from '../data/calendar.ts';
import { Kind, kindMark } from '../data/ids.ts';
import { hex8 } from '../data/noise.ts';
import type { Timeline } from './timeline.ts';

/** Serial numbers of events of the future begin here, since their ranks move when events are added below them. */
const FUTURE_SERIAL = 0xf000_0000;

/** The ids of audit events: time, mark of the seed, serial number. The way back is a computation too. */
export class EventIds {
  readonly #timeline: Timeline;
  readonly #mark: string;

  constructor(seed: number, timeline: Timeline) {
    this.#timeline = timeline;
    this.#mark = kindMark(seed, Kind.auditEvent, 0);
  }

  idAt(rank: number, time: number = this.#timeline.timeAt(rank)): string {
    const { present } = this.#timeline;
    const serial = rank < present ? rank : FUTURE_SERIAL + rank - present;
    return hex8(Math.floor(time / SECOND)) + this.#mark + hex8(serial);
  }

  /** The rank of the event with this id, if there is one. */
  rankOf(id: string): number | undefined {
    const serial = Number.parseInt(id.slice(16), 16);
    const { present, end } = this.#timeline;
    const rank = serial < FUTURE_SERIAL ? serial : serial - FUTURE_SERIAL + present;
    const exists = rank >= 0 && (serial < FUTURE_SERIAL ? rank < present : rank < end);
    return exists && this.idAt(rank) === id ? rank : undefined;
  }
}
