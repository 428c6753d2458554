import { Normaliser } from '../sync/normalise.ts';
import type { Row, StreamDefinition } from '../sync/stream.ts';

/** The records that a stream makes of a body, as a reader of the output gets them. */
export function recordsOf(stream: StreamDefinition, body: unknown, deploymentId?: string): unknown[] {
  const normaliser = new Normaliser(
    stream,
    () => undefined,
    () => undefined,
  );
  const { rows } = stream.rows(body, 'path');
  return rows.map((row) => {
    normaliser.normalise(row as Row, deploymentId);
    return JSON.parse(JSON.stringify(row)) as unknown;
  });
}
