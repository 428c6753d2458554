import { type Row, isRow } from './core/record/row.ts';

/**
 * Returns the stream's name and state from a STREAM state of the Airbyte protocol, or from a STATE message that contains one. Returns
 * undefined for anything else. The Singer tap accepts these states too, because its users may have used tap-airbyte-wrapper before.
 */
export function streamStateIn(message: unknown): { name: string; state: Row } | undefined {
  const payload = isRow(message) ? (message['state'] ?? message) : undefined;
  const stream = isRow(payload) ? payload['stream'] : undefined;
  if (!isRow(stream)) return undefined;
  const { stream_descriptor: descriptor, stream_state } = stream;
  const name = isRow(descriptor) ? descriptor['name'] : undefined;
  const state = stream_state ?? {};
  return typeof name === 'string' && isRow(state) ? { name, state } : undefined;
}
