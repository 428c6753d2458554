import { createParser } from 'eventsource-parser';
import { quoted } from '../text/quoted.ts';
import { serverText } from '../text/server-text.ts';
import { isRow } from '../core/record/row.ts';
import { type Failure, type Refusals, statusFailure } from './failure.ts';

/**
 * The items in a whole body of server-sent events, whose data are JSON. Comments and empty lines mean nothing. Nothing in
 * such a body says that it is complete, so a body that stops inside of an event was cut off, and one without any event is
 * no answer. An item that holds `error` or `errors` is a failure of the whole request (icd-api.md 2.10).
 */
export function itemsIn(text: string, refusals: Refusals): { items: unknown[] } | { failure: Failure } {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  parser.feed(text);
  const whole = data.length;
  // An event ends with an empty line: what one more would complete was not there to its end.
  parser.feed('\n\n');
  if (data.length > whole || (text !== '' && !/[\r\n]$/.test(text)))
    return damaged('it ends in the middle of an event');
  if (whole === 0) return damaged(text.trim() === '' ? 'it is empty' : 'it is no stream of events');
  const items: unknown[] = [];
  for (const each of data) {
    let item: unknown;
    try {
      item = JSON.parse(each);
    } catch {
      return damaged('one of its events is not complete JSON');
    }
    if (isRow(item) && (isThere(item['error']) || isThere(item['errors']))) return reported(item, refusals);
    items.push(item);
  }
  return { items };
}

/** An error that comes behind a status of 200: it may name the status that it would have had. */
function reported(item: Record<string, unknown>, refusals: Refusals): { failure: Failure } {
  const text = JSON.stringify(item);
  const { status_code: status } = item;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599) {
    return { failure: statusFailure({ kind: 'answer', status, headers: {}, text }, refusals, 'events') };
  }
  return damaged(`it reports "${quoted(refusals.textOf(serverText(text)))}"`);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function damaged(detail: string): { failure: Failure } {
  return { failure: { kind: 'damaged', detail } };
}
