import { type Config, offeredStreams } from '../../config.ts';
import { inputError } from '../../core/failure/errors.ts';
import { type StreamFailure, unreadable } from '../../core/output/output.ts';
import type { WantedStream } from '../../core/retrieval/open-stream.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';

export interface ConfiguredStream {
  /** The stream's name, preceded by its namespace and a dot if it has a namespace. The connector's own streams have no namespace. */
  name: string;
  /** The sync mode, which has not been validated yet. */
  mode: unknown;
}

/** The streams of a configured catalog. Errors name the file and the field. */
export function streamsIn({ streams }: Row, path: string): ConfiguredStream[] {
  const problem = (text: string): Error => inputError(`The catalog file ${path} cannot be used: ${text}.`);
  if (!Array.isArray(streams)) throw problem('streams must be an array of configured streams');
  return streams.map((entry: unknown, i) => {
    const { stream, sync_mode: mode } = isRow(entry) ? entry : {};
    const { name, namespace } = isRow(stream) ? stream : {};
    if (typeof name === 'string') return { name: typeof namespace === 'string' ? `${namespace}.${name}` : name, mode };
    throw problem(
      `streams[${i}] must be an object with a "sync_mode" and a "stream" that has a "name"; to create a configured catalog, use discover --configured`,
    );
  });
}

/** Parses the value of `--streams`. The streams are read incrementally where possible. `all` selects every available stream. */
export function streamsNamed(text: string, config: Config): ConfiguredStream[] {
  const typed = text.split(',').map((name) => name.trim());
  const all = offeredStreams(config).map(({ name }) => name);
  const names = typed.includes('all') ? all : typed.filter((name) => name !== '');
  return [...new Set(names)].map((name) => ({ name, mode: 'incremental' }));
}

type ChosenStream = Pick<WantedStream, 'definition' | 'mode'>;

/** Matches the configured streams with the platform's streams. `platform` is the config's `platform` object. */
export function chooseStreams(
  configured: ConfiguredStream[],
  streams: readonly Stream[],
  platform: Row,
): { chosen: ChosenStream[]; unusable: StreamFailure[] } {
  const chosen: ChosenStream[] = [];
  const unusable: StreamFailure[] = [];
  for (const name of new Set(configured.map((entry) => entry.name))) {
    const definition = streams.find((stream) => stream.name === name);
    const [mode, ...others] = configured.flatMap((entry) => (entry.name === name ? [entry.mode] : []));
    const reject = (detail: string): unknown => unusable.push(unreadable(name, detail));
    if (definition === undefined) reject(unknownStream(name, streams, platform['name']));
    else if (!isOffered(definition, platform)) reject(notOffered(definition));
    else if (others.length > 0) {
      reject(`The configured catalog lists the stream ${name} more than once; keep only one entry.`);
    } else if (mode !== 'full_refresh' && mode !== 'incremental') {
      const problem = mode === undefined ? 'is missing sync_mode' : `has the unknown sync_mode ${JSON.stringify(mode)}`;
      reject(`The stream ${name} ${problem}. Set sync_mode to full_refresh or incremental.`);
    } else {
      // PyAirbyte requests incremental mode even for full-refresh streams.
      chosen.push({ definition, mode: cursorFieldOf(definition) === undefined ? 'full_refresh' : mode });
    }
  }
  return { chosen, unusable };
}
