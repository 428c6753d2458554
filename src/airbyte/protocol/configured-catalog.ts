import { type Config, platformOf } from '../../config.ts';
import { inputError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';
import type { StreamFailure } from './failures.ts';
import type { StreamDescriptor, SyncMode } from './messages.ts';

/** The parts of a configured stream that `read` needs. */
export interface ConfiguredStream {
  descriptor: StreamDescriptor;
  /** The sync mode, which has not been validated yet. */
  syncMode: unknown;
}

/** The streams of a configured catalog. The error is one sentence that identifies the file and the field. */
export function streamsIn({ streams }: Row, path: string): ConfiguredStream[] {
  const problem = (text: string): Error => inputError(`The catalog file ${path} cannot be used: ${text}.`);
  if (!Array.isArray(streams)) throw problem('streams must be an array of configured streams');
  return streams.map((entry: unknown, i) => {
    const stream = isRow(entry) ? entry['stream'] : undefined;
    if (!isRow(entry) || !isRow(stream)) {
      throw problem(
        `streams[${i}] is not a configured stream, which is an object with "stream" and "sync_mode"; discover --configured prints a configured catalog`,
      );
    }
    const { name, namespace } = stream;
    if (typeof name !== 'string' || name === '') throw problem(`streams[${i}].stream.name must be a non-empty string`);
    const descriptor = typeof namespace === 'string' && namespace !== '' ? { name, namespace } : { name };
    return { descriptor, syncMode: entry['sync_mode'] };
  });
}

/**
 * The streams in the value of `--streams`, to be read incrementally where possible. The value `all` selects every stream that is
 * available with this config.
 */
export function streamsNamed(text: string, config: Config): ConfiguredStream[] {
  const { streams } = platformOf(config);
  const available = streams.filter((stream) => isOffered(stream, config.platform)).map(({ name }) => name);
  const typed = text.split(',').map((name) => name.trim());
  const names = text.trim() === 'all' ? available : typed.filter((name) => name !== '');
  return [...new Set(names)].map((name) => ({ descriptor: { name }, syncMode: 'incremental' }));
}

interface ChosenStream {
  definition: Stream;
  mode: SyncMode;
}

/** Looks up the configured streams among the streams of the platform. `platform` is the object `platform` in the config. */
export function chooseStreams(
  configured: ConfiguredStream[],
  streams: readonly Stream[],
  platform: Row,
): { chosen: ChosenStream[]; unusable: StreamFailure[] } {
  const chosen: ChosenStream[] = [];
  const unusable = new Map<string, StreamFailure>();
  for (const { descriptor, syncMode } of configured) {
    const label = labelOf(descriptor);
    const reject = (detail: string): void => void unusable.set(label, { descriptor, error: inputError(detail) });
    const definition = streams.find(({ name }) => name === label);
    const entries = configured.filter((other) => labelOf(other.descriptor) === label).length;
    if (definition === undefined) reject(unknownStream(label, streams, platform['name']));
    else if (!isOffered(definition, platform)) reject(notOffered(definition));
    else if (entries > 1)
      reject(`The configured catalog lists the stream ${label} ${entries} times; keep only one of the entries.`);
    else if (syncMode !== 'full_refresh' && syncMode !== 'incremental') {
      const what =
        syncMode === undefined ? 'is missing sync_mode' : `has the unknown sync_mode ${JSON.stringify(syncMode)}`;
      reject(`The stream ${label} ${what}. Set it to full_refresh or incremental.`);
    } else {
      // PyAirbyte requests incremental mode for every stream.
      chosen.push({ definition, mode: cursorFieldOf(definition) === undefined ? 'full_refresh' : syncMode });
    }
  }
  return { chosen, unusable: [...unusable.values()] };
}

/** No stream has a namespace, so a stream with a namespace is unknown. */
function labelOf({ name, namespace }: StreamDescriptor): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}
