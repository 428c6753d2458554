import { ConnectorError, inputError } from '../../core/failure/errors.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';
import { isAlwaysIn } from './catalog.ts';

interface SelectedStream {
  definition: Stream;
  mode: 'full_refresh' | 'incremental';
  /** The fields that SCHEMA and RECORD omit. */
  deselected: ReadonlySet<string>;
}

/** A selected stream that can't be read as the catalog requires. */
export interface UnusableStream {
  name: string;
  error: ConnectorError;
}

export interface Selection {
  selected: SelectedStream[];
  unusable: UnusableStream[];
}

/** The catalog entry of a stream, with the metadata of the stream and of its fields. */
interface Entry {
  name: string;
  raw: Row;
  own: Row;
  fields: ReadonlyMap<string, Row>;
}

/**
 * Returns the streams and fields that a catalog selects. Meltano and users write settings both to the metadata and to the entry
 * itself. A stream that can't be read doesn't affect the others. `platform` is the object `platform` in the config. `file` is the path
 * in errors about an invalid catalog.
 */
export function selectionIn(
  catalog: Row,
  file: string | undefined,
  { streams, platform }: { streams: readonly Stream[]; platform: Row },
  warn: (sentence: string) => void,
): Selection {
  const selection: Selection = { selected: [], unusable: [] };
  for (const entry of entriesOf(catalog, file)) {
    const { name, own, raw } = entry;
    if (isDeselected({ ...own, selected: own['selected'] ?? raw['selected'] })) continue;
    const definition = streams.find((stream) => stream.name === name);
    if (definition === undefined) {
      warn(`${unknownStream(name, streams, platform['name'])} The catalog selects this stream, but it is skipped.`);
      continue;
    }
    const mode = isOffered(definition, platform) ? modeOf(entry, definition) : inputError(notOffered(definition));
    if (mode instanceof ConnectorError) selection.unusable.push({ name, error: mode });
    else selection.selected.push({ definition, mode, deselected: deselectedIn(entry, definition) });
  }
  return selection;
}

function entriesOf({ streams }: Row, file: string | undefined): Entry[] {
  if (!Array.isArray(streams)) throw inputError(`The catalog file ${file} must contain "streams" as an array.`);
  const names = new Set<string>();
  return streams.map((raw: unknown, i) => {
    const name = isRow(raw) ? (raw['tap_stream_id'] ?? raw['stream']) : undefined;
    if (!isRow(raw) || typeof name !== 'string' || names.has(name)) {
      throw inputError(
        `The catalog file ${file} cannot be used: streams[${i}] must have a tap_stream_id that no other entry has.`,
      );
    }
    names.add(name);
    const fields = new Map<string, Row>();
    let own: Row = {};
    for (const item of Array.isArray(raw['metadata']) ? (raw['metadata'] as unknown[]) : []) {
      if (!isRow(item) || !isRow(item['metadata']) || !Array.isArray(item['breadcrumb'])) continue;
      const [first, field] = item['breadcrumb'].map(String);
      if (first === undefined) own = item['metadata'];
      // The discovered catalog contains no nested fields.
      else if (field !== undefined && item['breadcrumb'].length === 2) fields.set(field, item['metadata']);
    }
    return { name, raw, own, fields };
  });
}

/** Whether this metadata deselects its stream or field. As in the specification's example, values may be strings. */
function isDeselected({ selected, 'selected-by-default': byDefault }: Row): boolean {
  return String(selected ?? byDefault) === 'false';
}

/** How to read the stream, or an error if the stream can't be read as the catalog requires. */
function modeOf({ name, raw, own }: Entry, definition: Stream): SelectedStream['mode'] | ConnectorError {
  const cursorField = cursorFieldOf(definition);
  const wanted: unknown = own['replication-method'] ?? raw['replication_method'] ?? 'INCREMENTAL';
  const method = String(wanted).toUpperCase();
  if (method === 'FULL_TABLE') return 'full_refresh';
  const key = own['replication-key'] ?? raw['replication_key'] ?? cursorField;
  if (method === 'INCREMENTAL' && cursorField === undefined) return 'full_refresh';
  if (method === 'INCREMENTAL' && key === cursorField) return 'incremental';
  const incremental = cursorField === undefined ? '' : `, or to INCREMENTAL with the replication-key ${cursorField}`;
  return inputError(
    `The catalog sets a replication method or key that the stream ${name} doesn't support. Set replication-method to FULL_TABLE${incremental}.`,
  );
}

function deselectedIn({ fields }: Entry, definition: Stream): Set<string> {
  const out = [...fields].filter(([name, { inclusion, ...metadata }]) => {
    if (isAlwaysIn(definition, name) || inclusion === 'automatic') return false;
    return inclusion === 'unsupported' || isDeselected(metadata);
  });
  return new Set(out.map(([name]) => name));
}
