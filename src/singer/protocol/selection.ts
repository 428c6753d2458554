import { inputError } from '../../core/failure/errors.ts';
import { type StreamFailure, unreadable } from '../../core/output/output.ts';
import type { WantedStream } from '../../core/retrieval/open-stream.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';
import { isAlwaysIn } from './catalog.ts';

export interface SelectedStream extends Pick<WantedStream, 'definition' | 'mode'> {
  /** The fields that SCHEMA and RECORD omit. */
  deselected: ReadonlySet<string>;
}

export interface Selection {
  selected: SelectedStream[];
  /** The selected streams that can't be read as the catalog requires. */
  unusable: StreamFailure[];
}

type Warn = (sentence: string) => void;

/** The catalog entry of a stream, with the metadata of the stream and of its fields. */
interface Entry {
  name: string;
  raw: Row;
  own: Row;
  fields: ReadonlyMap<string, Row>;
  /** Whether any nested field is deselected. */
  deselectsInside: boolean;
}

/**
 * Returns the streams and fields that a catalog selects. Accepts all forms that users, Meltano and old tools write. A stream that can't be
 * read doesn't affect other streams. `platform` is the config's `platform` object. `file` is the catalog's path in error messages.
 */
export function selectionIn(
  catalog: Row,
  file: string | undefined,
  { streams, platform }: { streams: readonly Stream[]; platform: Row },
  warn: Warn,
): Selection {
  const entries = entriesOf(catalog, file);
  const choosesAny = entries.some((entry) => isSelected(entry) !== undefined);
  const selection: Selection = { selected: [], unusable: [] };
  const seen = new Set<string>();
  for (const entry of entries) {
    const { name, own } = entry;
    if (!(isSelected(entry) ?? truth(own['selected-by-default']) ?? !choosesAny)) continue;
    const definition = streams.find((stream) => stream.name === name);
    if (definition === undefined) {
      warn(`${unknownStream(name, streams, platform['name'])} The selected stream ${name} is skipped.`);
    } else if (seen.has(name)) {
      warn(`the catalog lists the stream ${name} more than once; only the first entry is used`);
    } else {
      seen.add(name);
      if (entry.deselectsInside) {
        warn(`${name}: the catalog deselects nested fields, which is not supported, so these fields are included`);
      }
      const mode = isOffered(definition, platform)
        ? modeOf(entry, definition, warn)
        : unreadable(name, notOffered(definition));
      if (typeof mode === 'object') selection.unusable.push(mode);
      else selection.selected.push({ definition, mode, deselected: deselectedIn(entry, definition) });
    }
  }
  return selection;
}

function entriesOf({ streams }: Row, file: string | undefined): Entry[] {
  if (!Array.isArray(streams)) throw inputError(`The catalog file ${file} must contain a "streams" array.`);
  return streams.map((raw: unknown, i) => {
    const name = isRow(raw) ? (raw['tap_stream_id'] ?? raw['stream']) : undefined;
    if (!isRow(raw) || typeof name !== 'string') {
      throw inputError(`The catalog file ${file} cannot be used: streams[${i}] is missing tap_stream_id.`);
    }
    const fields = new Map<string, Row>();
    const entry = { name, raw, own: {} as Row, fields, deselectsInside: false };
    for (const item of Array.isArray(raw['metadata']) ? (raw['metadata'] as unknown[]) : []) {
      if (!isRow(item) || !isRow(item['metadata']) || !Array.isArray(item['breadcrumb'])) continue;
      const { metadata } = item;
      const path = item['breadcrumb'].map(String);
      if (path.length === 0) entry.own = metadata;
      else if (path.length === 2) fields.set(path[1] ?? '', metadata);
      else if (truth(metadata['selected']) === false) entry.deselectsInside = true;
    }
    return entry;
  });
}

/** Whether the stream is selected, according to the first of three keys that is set. Undefined if none of the keys is set. */
function isSelected({ raw, own }: Entry): boolean | undefined {
  const schema = isRow(raw['schema']) ? raw['schema'] : {};
  return truth(own['selected']) ?? truth(raw['selected']) ?? truth(schema['selected']);
}

/** Parses a boolean, or the string "true" or "false", as in the example of the Singer specification. */
function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** How to read the stream, or a failure if the stream can't be read as the catalog requires. */
function modeOf({ name, raw, own }: Entry, definition: Stream, warn: Warn): SelectedStream['mode'] | StreamFailure {
  const cursorField = cursorFieldOf(definition);
  const wanted = own['replication-method'] ?? raw['replication_method'] ?? own['forced-replication-method'];
  const method = typeof wanted === 'string' ? wanted.toUpperCase() : (wanted ?? 'INCREMENTAL');
  if (method === 'FULL_TABLE') return 'full_refresh';
  if (method !== 'INCREMENTAL') {
    return unreadable(
      name,
      `The stream ${name} doesn't support the replication method that the catalog sets. Set replication-method to INCREMENTAL or FULL_TABLE.`,
    );
  }
  if (cursorField === undefined) {
    if (wanted === 'INCREMENTAL') warn(`${name}: the stream can't be read incrementally, so it is read in full`);
    return 'full_refresh';
  }
  if ((own['replication-key'] ?? raw['replication_key'] ?? cursorField) === cursorField) return 'incremental';
  return unreadable(
    name,
    `The catalog sets an invalid replication key for the stream ${name}. Set replication-key to ${cursorField}, or replication-method to FULL_TABLE.`,
  );
}

function deselectedIn({ fields }: Entry, definition: Stream): Set<string> {
  const out = [...fields].filter(([name, { inclusion, selected, 'selected-by-default': byDefault }]) => {
    if (isAlwaysIn(definition, name) || inclusion === 'automatic') return false;
    return inclusion === 'unsupported' || (truth(selected) ?? truth(byDefault)) === false;
  });
  return new Set(out.map(([name]) => name));
}
