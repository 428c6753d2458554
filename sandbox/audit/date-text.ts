import { DAY, HOUR, MINUTE, SECOND } from '../data/calendar.ts';
import { upTo } from '../data/world.ts';

const TWO_DIGITS = upTo(60).map((number) => String(number).padStart(2, '0'));
const THREE_DIGITS = upTo(SECOND).map((number) => `.${String(number).padStart(3, '0')}`);

/**
 * Writes dates to the millisecond, without zone. `Date.toISOString` would be half the cost of a page of events; these
 * come in order, so that the day is mostly the one of the date before.
 */
export class DateText {
  #day = Number.NaN;
  #dayText = '';

  /** `2023-02-28T12:00:00.000`, or without the milliseconds. */
  of(time: number, withMilliseconds: boolean): string {
    const day = Math.floor(time / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayText = new Date(day * DAY).toISOString().slice(0, 11);
    }
    const rest = time - day * DAY;
    const hours = Math.floor(rest / HOUR);
    const minutes = Math.floor(rest / MINUTE) % 60;
    const seconds = Math.floor(rest / SECOND) % 60;
    const text = `${this.#dayText}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[seconds]}`;
    return withMilliseconds ? `${text}${THREE_DIGITS[rest % SECOND]}` : text;
  }
}
