import type { Stream } from './core/stream/stream.ts';
import { streams as compose } from './platforms/compose/streams/index.ts';
import { streams as ibmCloud } from './platforms/ibm-cloud/streams/index.ts';
import { nearestOf } from './text/nearest.ts';

/** The streams of every platform. This module doesn't load the config's dependencies, so commands that only list streams start fast. */
export const STREAMS: Readonly<Record<string, readonly Stream[]>> = { ibm_cloud: ibmCloud, compose };

/** The error message for a requested stream that the platform does not have. */
export function unknownStream(label: string, streams: readonly Stream[], platform: unknown): string {
  const names = streams.map(({ name }) => name);
  const other = Object.keys(STREAMS).find((each) => STREAMS[each]?.some(({ name }) => name === label));
  if (other !== undefined && other !== platform) {
    return `The stream ${label} belongs to the platform ${other}, but the config specifies ${String(platform)}. Deselect the stream, or create a new catalog with discover.`;
  }
  const nearest = nearestOf(label, names);
  if (nearest !== undefined) return `The stream ${label} does not exist. Did you mean ${nearest}?`;
  return `The stream ${label} does not exist. Choose from: ${names.join(', ')}.`;
}
