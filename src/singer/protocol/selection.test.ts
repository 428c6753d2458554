import { cursorFieldOf, keyFieldOf } from '../../core/stream/stream.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../core/record/row.ts';
import { STREAMS } from '../../streams.ts';
import { catalogEntry } from './catalog.ts';
import { type Selection, selectionIn } from './selection.ts';

const streams = STREAMS['compose'] ?? [];
const names = streams.map(({ name }) => name);

interface Chosen extends Selection {
  warnings: string[];
  names: string[];
}

type CatalogEntry = ReturnType<typeof catalogEntry>;

function choose(catalog: Row): Chosen {
  const warnings: string[] = [];
  const selection = selectionIn(catalog, 'k.json', { streams, platform: {} }, (sentence) => warnings.push(sentence));
  return { ...selection, warnings, names: selection.selected.map(({ definition }) => definition.name) };
}

/** The discovered catalog, with changes to the entries of some streams. */
function edited(changes: Record<string, (entry: CatalogEntry & Row) => void>): { streams: Array<CatalogEntry & Row> } {
  const entries = streams.map((definition) => structuredClone(catalogEntry(definition)) as CatalogEntry & Row);
  for (const entry of entries) changes[entry.stream]?.(entry);
  return { streams: entries };
}

const ofStream = (entry: CatalogEntry): Row => entry.metadata[0]?.metadata ?? {};
const ofField = (entry: CatalogEntry, field: string): Row =>
  entry.metadata.find(({ breadcrumb }) => breadcrumb[1] === field)?.metadata ?? {};

test('the discovered catalog selects everything, incrementally where possible', () => {
  const chosen = choose(edited({}));
  expect(chosen).toMatchObject({ unusable: [], warnings: [], names });
  expect(chosen.selected.flatMap(({ deselected }) => [...deselected])).toEqual([]);
  expect(chosen.selected.filter(({ mode }) => mode === 'incremental').map(({ definition }) => definition.name)).toEqual(
    streams.filter((stream) => cursorFieldOf(stream) !== undefined).map(({ name }) => name),
  );
});

describe('the selection of a stream', () => {
  const bare = (more: object): object => ({
    tap_stream_id: 'teams',
    stream: 'teams',
    schema: {},
    metadata: [],
    ...more,
  });
  const own = (metadata: object): object => ({ metadata: [{ breadcrumb: [], metadata }] });

  test.each<[string, object, boolean]>([
    ['nothing is set for any stream', {}, true],
    ['the metadata selects the stream', own({ selected: true }), true],
    ['the metadata deselects the stream', own({ selected: false }), false],
    ['the metadata deselects the stream with a string', own({ selected: 'false' }), false],
    ['the entry deselects the stream', { selected: false }, false],
    ['the schema deselects the stream', { schema: { selected: false } }, false],
    [
      'the metadata selects the stream, but the entry deselects it',
      { selected: false, ...own({ selected: true }) },
      true,
    ],
    [
      'values are null, which counts as not set',
      { selected: null, ...own({ selected: null, 'selected-by-default': false }) },
      false,
    ],
    ['the stream is selected by default', own({ 'selected-by-default': true }), true],
    ['the stream is not selected by default', own({ 'selected-by-default': false }), false],
  ])('is correct if %s', (_, entry, expected) => {
    expect(choose({ streams: [bare(entry)] }).names).toEqual(expected ? ['teams'] : []);
  });

  test('is off if it is not set, but another stream is selected', () => {
    const clusters = { tap_stream_id: 'clusters', selected: true };
    expect(choose({ streams: [bare({}), clusters] }).names).toEqual(['clusters']);
  });

  test('is on only for listed streams, whose entry may contain only the key `stream`', () => {
    expect(choose({ streams: [{ stream: 'teams' }] }).names).toEqual(['teams']);
    expect(choose({ streams: [] })).toMatchObject({ names: [], warnings: [] });
  });

  test('is skipped with a warning if the stream is unknown', () => {
    const chosen = choose({
      streams: [
        { stream: 'gone', selected: true },
        { stream: 'lost', selected: false },
        { stream: 'teams', selected: true },
      ],
    });
    expect(chosen.names).toEqual(['teams']);
    expect(chosen.warnings).toEqual([expect.stringContaining('gone')]);
  });

  test('counts once if the stream is listed twice', () => {
    const chosen = choose({ streams: [{ stream: 'teams' }, { stream: 'teams' }] });
    expect(chosen.names).toEqual(['teams']);
    expect(chosen.warnings).toEqual([expect.stringContaining('more than once')]);
  });
});

describe('the replication method', () => {
  const modes = (name: string, change: (entry: CatalogEntry & Row) => void): string => {
    const { selected, unusable, warnings } = choose(edited({ [name]: change }));
    const mode = selected.find(({ definition }) => definition.name === name)?.mode;
    const error = unusable.find((one) => one.name === name)?.error.message;
    return [mode ?? error, ...warnings].join(' / ');
  };

  /** Changes the stream's metadata. */
  const own = (method: unknown, key?: string) => (entry: CatalogEntry) =>
    Object.assign(ofStream(entry), { 'replication-method': method }, key !== undefined && { 'replication-key': key });
  /** Changes the entry's own keys rather than its metadata. */
  const entry = (method: unknown) => (of: Row) => Object.assign(of, { replication_method: method });

  test.each<[string, string, (entry: CatalogEntry & Row) => void, RegExp]>([
    ['the entry is unchanged', 'audit_events', () => undefined, /^incremental$/],
    ['the metadata contains FULL_TABLE', 'audit_events', own('FULL_TABLE'), /^full_refresh$/],
    ['the entry contains full_table in lower case', 'audit_events', entry('full_table'), /^full_refresh$/],
    ['nothing is set', 'audit_events', entry(null), /^incremental$/],
    [
      'the catalog requires LOG_BASED',
      'audit_events',
      own('LOG_BASED'),
      /^The stream audit_events doesn't support the replication method that the catalog sets\. Set replication-method/,
    ],
    [
      'the catalog contains an unknown method',
      'teams',
      own(5),
      /^The stream teams doesn't support the replication method/,
    ],
    [
      'the catalog sets another replication key',
      'audit_events',
      own(undefined, 'id'),
      /^The catalog sets an invalid replication key for the stream audit_events/,
    ],
    ['a full refresh has another replication key', 'audit_events', own('FULL_TABLE', 'id'), /^full_refresh$/],
    [
      'INCREMENTAL is set for a stream without a cursor',
      'teams',
      own('INCREMENTAL'),
      /^full_refresh \/ teams: the stream can't be read incrementally/,
    ],
  ])('is chosen correctly or rejected if %s', (_, name, change, expected) => {
    expect(modes(name, change)).toMatch(expected);
  });

  test('affects no other stream if it is invalid', () => {
    const { names: read, unusable } = choose(
      edited({ teams: (entry) => (entry['replication_method'] = 'LOG_BASED' as never) }),
    );
    expect(read).toEqual(names.filter((name) => name !== 'teams'));
    expect(unusable.map(({ name, error }) => [name, error.failureType])).toEqual([['teams', 'config_error']]);
  });
});

describe('the selection of fields', () => {
  test('omits all deselected fields except the key and the cursor field, and no others', () => {
    const fieldsOf = (name: string): string[] =>
      Object.keys(streams.find((stream) => stream.name === name)?.fields ?? {});
    const choice = fc.constantFrom('true', 'false', true, false, null, undefined);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(choice, { minLength: 40, maxLength: 40 }), (name, choices) => {
        const said = new Map(fieldsOf(name).map((field, i) => [field, choices[i]]));
        const catalog = edited({
          [name]: (entry) => {
            for (const [field, selected] of said) ofField(entry, field)['selected'] = selected;
          },
        });
        const stream = choose(catalog).selected.find(({ definition }) => definition.name === name);
        const definition = stream?.definition ?? streams[0]!;
        const always = [keyFieldOf(definition), cursorFieldOf(definition)];
        const out = [...said].filter(([field, selected]) => String(selected) === 'false' && !always.includes(field));
        expect([...(stream?.deselected ?? [])].toSorted()).toEqual(out.map(([field]) => field).toSorted());
      }),
    );
  });

  test.each<[string, object, boolean]>([
    ['automatic, although deselected', { inclusion: 'automatic', selected: false }, false],
    ['unsupported, although selected', { inclusion: 'unsupported', selected: true }, true],
    ['not selected by default', { 'selected-by-default': false }, true],
    ['selected, although it is not selected by default', { selected: true, 'selected-by-default': false }, false],
  ])('is correct for a field that is %s', (_, metadata, isOut) => {
    const catalog = { streams: [{ stream: 'teams', metadata: [{ breadcrumb: ['properties', 'name'], metadata }] }] };
    expect(choose(catalog).selected[0]?.deselected.has('name')).toBe(isOut);
  });

  test('can omit an undeclared field', () => {
    const metadata = [{ breadcrumb: ['properties', 'new_one'], metadata: { selected: false } }];
    expect([...(choose({ streams: [{ stream: 'teams', metadata }] }).selected[0]?.deselected ?? [])]).toEqual([
      'new_one',
    ]);
  });

  test('cannot omit nested fields, which is reported once', () => {
    const inside = (name: string): object => ({
      breadcrumb: ['properties', 'users', 'properties', name],
      metadata: { selected: false },
    });
    const chosen = choose({ streams: [{ stream: 'teams', metadata: [inside('id'), inside('name'), 'nonsense', {}] }] });
    expect(chosen.selected[0]?.deselected.size).toBe(0);
    expect(chosen.warnings).toEqual([expect.stringMatching(/^teams: .*nested fields/)]);
  });
});

test.each<[string, Row, string]>([
  ['no streams', {}, 'The catalog file k.json must contain a "streams" array.'],
  [
    'an entry without a name',
    { streams: [{ stream: 'teams' }, {}] },
    'The catalog file k.json cannot be used: streams[1] is missing tap_stream_id.',
  ],
])('a file with %s is not a valid catalog', (_, catalog, message) => {
  expect(() => choose(catalog)).toThrow(message);
});
