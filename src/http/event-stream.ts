import { createParser } from 'eventsource-parser';
import { quoted } from '../text/quoted.ts';
import { serverText } from '../text/server-text.ts';
import { isRow } from '../core/record/row.ts';
import { type Failure, type Rejections, damaged, statusFailure } from './failure.ts';

/**
 * Parses a complete body of server-sent events that contain JSON. Event streams have no end marker. A body that ends inside an event counts
 * as truncated, and a body without events is invalid. An item with `error` or `errors` causes the whole request to fail (icd-api.md 2.10).
 */
export function itemsIn(text: string, rejections: Rejections): { body: unknown[] } | Failure {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  parser.feed(text);
  const count = data.length;
  // An event ends with an empty line. If an additional empty line completes an event, the body was truncated.
  parser.feed('\n\n');
  if (data.length > count || (text !== '' && !/[\r\n]$/.test(text)))
    return damaged('it ends in the middle of an event');
  if (count === 0) return damaged(text.trim() === '' ? 'it is empty' : 'it is not a stream of events');
  const body: unknown[] = [];
  for (const each of data) {
    let item: unknown;
    try {
      item = JSON.parse(each);
    } catch {
      return damaged('one of its events is not valid JSON');
    }
    if (isRow(item) && (item['error'] ?? item['errors'] ?? undefined) !== undefined) return reported(item, rejections);
    body.push(item);
  }
  return { body };
}

/** Converts an error event in an HTTP 200 response to a failure. The event may contain the error's own status. */
function reported(item: Record<string, unknown>, rejections: Rejections): Failure {
  const text = JSON.stringify(item);
  const { status_code: status } = item;
  if (typeof status === 'number' && status >= 400 && status <= 599) {
    return statusFailure({ status, headers: {}, text }, rejections);
  }
  return damaged(`it reports "${quoted(rejections.textOf(serverText(text)))}"`);
}
