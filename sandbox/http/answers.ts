import type { Row } from '../data/world.ts';

/** What to send: a status, a body, and headers beyond the content type. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Says that every character of the body is one byte, which makes a long one cheap to send. */
  readonly ascii?: true;
  /** Another content type than HAL's. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any value as an answer. */
export const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) });

/** A list in its HAL envelope: nothing else stands beside `_embedded` (reference, 5). */
export const list = (name: string, rows: readonly Row[]): Answer => json(200, { _embedded: { [name]: rows } });

/** One object, or 404. */
export const single = (row: Row | undefined): Answer => (row === undefined ? notFound() : json(200, row));

// Error bodies come in three shapes: text, lists by field, text by field (reference, 7.1). The numbers are ours.

export const unauthorized = (): Answer => json(401, { errors: 'invalid_token' });

export const forbidden = (): Answer => json(403, { errors: { error: 'your role does not allow this' } });

export const notFound = (): Answer => json(404, { errors: 'not_found' });

export const invalid = (errors: Record<string, string[]>): Answer => json(422, { errors });

/** Too many requests, and after how many seconds to come back. */
export const tooMany = (seconds: number): Answer => ({
  ...json(429, { errors: 'rate_limited' }),
  headers: { 'retry-after': String(seconds) },
});
