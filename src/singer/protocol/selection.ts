import { ConnectorError, inputError } from '../../core/failure/errors.ts';
import { typeName } from '../../program/input-file.ts';
import { type Row, isRow } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';
import { isAlwaysIn } from './catalog.ts';

/** A stream that is to be read. */
export interface SelectedStream {
  definition: Stream;
  mode: 'full_refresh' | 'incremental';
  /** The fields that neither schema nor records are to have. */
  deselected: ReadonlySet<string>;
}

/** A selected stream that cannot be read the way the catalog wants. */
export interface UnusableStream {
  name: string;
  error: ConnectorError;
}

export interface Selection {
  selected: SelectedStream[];
  unusable: UnusableStream[];
}

/** What there is to do without a catalog: everything, incrementally where that can be. */
export function everything(streams: readonly Stream[]): Selection {
  const selected = streams.map((definition): SelectedStream => ({
    definition,
    mode: cursorFieldOf(definition) === undefined ? 'full_refresh' : 'incremental',
    deselected: new Set(),
  }));
  return { selected, unusable: [] };
}

/** A stream of the catalog, with the metadata of the stream itself and of each of its fields. */
interface Entry {
  name: string;
  raw: Row;
  own: Row;
  fields: ReadonlyMap<string, Row>;
}

/**
 * What a catalog selects of the platform's streams, in whatever form users, Meltano and tools of old write it. A stream that it does
 * not name is not read; one that cannot be read does not hinder the others. `platform` is what the config says of it, `file` names the catalog for the error that is
 * thrown where it is none, `warn` takes sentences about what it asks for in vain.
 */
export function selectionIn(
  catalog: unknown,
  file: string,
  { streams, platform }: { streams: readonly Stream[]; platform: Row },
  warn: (sentence: string) => void,
): Selection {
  const entries = entriesOf(catalog, file, warn);
  const choosesAny = entries.some(({ raw, own }) => saysSelected(raw, own) !== undefined);
  const selected: SelectedStream[] = [];
  const unusable: UnusableStream[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    const { name, raw, own } = entry;
    if (!(saysSelected(raw, own) ?? truth(own['selected-by-default']) ?? !choosesAny)) continue;
    const definition = streams.find((stream) => stream.name === name);
    if (definition === undefined) {
      warn(`${unknownStream(name, streams, platform['name'])} The catalog selects it; it is skipped.`);
      continue;
    }
    if (seen.has(name)) {
      warn(`the catalog lists the stream ${name} more than once; its first entry counts`);
      continue;
    }
    seen.add(name);
    const mode = isOffered(definition, platform) ? modeOf(entry, definition, warn) : notUsable(notOffered(definition));
    if (mode instanceof ConnectorError) unusable.push({ name, error: mode });
    else selected.push({ definition, mode, deselected: deselectedIn(entry, definition) });
  }
  return { selected, unusable };
}

function entriesOf(catalog: unknown, file: string, warn: (sentence: string) => void): Entry[] {
  if (!isRow(catalog)) {
    throw inputError(`The catalog file ${file} must hold a JSON object with "streams"; it holds ${typeName(catalog)}.`);
  }
  const { streams } = catalog;
  if (!Array.isArray(streams)) throw inputError(`The catalog file ${file} must hold "streams" as an array.`);
  const nested = new Set<string>();
  const entries = streams.map((raw: unknown, i): Entry => {
    const name = isRow(raw) ? (raw['tap_stream_id'] ?? raw['stream']) : undefined;
    if (!isRow(raw) || typeof name !== 'string') {
      throw inputError(`The catalog file ${file} cannot be used: streams[${i}] has no tap_stream_id.`);
    }
    const fields = new Map<string, Row>();
    let own: Row = {};
    for (const { path, metadata } of metadataIn(raw)) {
      const [, field = ''] = path;
      if (path.length === 0) own = metadata;
      else if (path.length === 2 && path[0] === 'properties') fields.set(field, metadata);
      else if (truth(metadata['selected']) === false) nested.add(name);
    }
    return { name, raw, own, fields };
  });
  for (const name of nested) {
    warn(`${name}: the catalog deselects fields inside of others, which is not possible; they come with those`);
  }
  return entries;
}

function metadataIn(raw: Row): Array<{ path: string[]; metadata: Row }> {
  const list = Array.isArray(raw['metadata']) ? (raw['metadata'] as unknown[]) : [];
  return list.flatMap((entry) => {
    if (!isRow(entry) || !isRow(entry['metadata']) || !Array.isArray(entry['breadcrumb'])) return [];
    return [{ path: entry['breadcrumb'].map(String), metadata: entry['metadata'] }];
  });
}

/** What the catalog says of the stream itself, in the three places where it may. */
function saysSelected(raw: Row, own: Row): boolean | undefined {
  const schema = isRow(raw['schema']) ? raw['schema'] : {};
  return truth(own['selected']) ?? truth(raw['selected']) ?? truth(schema['selected']);
}

/** A boolean, or the text of one, as examples have it. */
function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** How the stream is to be read, or why it cannot be read like that. */
function modeOf(
  { name, raw, own }: Entry,
  definition: Stream,
  warn: (sentence: string) => void,
): SelectedStream['mode'] | ConnectorError {
  const wanted = own['replication-method'] ?? raw['replication_method'] ?? own['forced-replication-method'];
  const method = typeof wanted === 'string' ? wanted.toUpperCase() : (wanted ?? undefined);
  if (method !== undefined && method !== 'FULL_TABLE' && method !== 'INCREMENTAL') {
    const said =
      method === 'LOG_BASED'
        ? 'by LOG_BASED replication, which it does not have'
        : 'by a replication method that does not exist';
    return notUsable(
      `The catalog wants the stream ${name} ${said}. Set replication-method to INCREMENTAL or FULL_TABLE.`,
    );
  }
  const cursorField = cursorFieldOf(definition);
  if (cursorField === undefined) {
    if (method === 'INCREMENTAL') warn(`${name}: the stream cannot be read incrementally, so it is read in full`);
    return 'full_refresh';
  }
  if (method === 'FULL_TABLE') return 'full_refresh';
  const key = own['replication-key'] ?? raw['replication_key'] ?? cursorField;
  if (key === cursorField) return 'incremental';
  return notUsable(
    `The catalog wants the stream ${name} by another replication key than ${cursorField}, the only one that it has. Set it to that, or the replication method to FULL_TABLE.`,
  );
}

function notUsable(detail: string): ConnectorError {
  return new ConnectorError('stream_not_usable', { detail });
}

function deselectedIn({ raw, fields }: Entry, definition: Stream): Set<string> {
  const schema = isRow(raw['schema']) ? raw['schema'] : {};
  const properties = isRow(schema['properties']) ? schema['properties'] : {};
  const names = new Set([...Object.keys(definition.fields), ...fields.keys()]);
  const isOut = (name: string): boolean => {
    if (isAlwaysIn(definition, name)) return false;
    const metadata = fields.get(name) ?? {};
    const property = isRow(properties[name]) ? properties[name] : {};
    if (metadata['inclusion'] === 'automatic') return false;
    if (metadata['inclusion'] === 'unsupported') return true;
    const says = truth(metadata['selected']) ?? truth(property['selected']) ?? truth(metadata['selected-by-default']);
    return says === false;
  };
  return new Set([...names].filter(isOut));
}
