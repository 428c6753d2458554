import type { Row } from './transcript.ts';

/** A stream as `--discover` offers it, and as a catalog has it. */
interface Entry {
  tap_stream_id: string;
  stream: string;
  key_properties: readonly string[];
  replication_key?: string;
  replication_method: string;
  schema: { properties: Readonly<Record<string, Row>> };
  metadata: ReadonlyArray<{ breadcrumb: readonly string[]; metadata: Row }>;
}

export interface Catalog {
  streams: readonly Entry[];
}

/** What a user wants of a stream. */
interface Choice {
  deselected?: readonly string[];
  fullTable?: boolean;
}

/** What a run has to bring of a stream. */
export interface Expected {
  key: string;
  cursor: string | undefined;
  fields: readonly string[];
  deselected: readonly string[];
  /** Whether the run moves its bookmark. */
  hasBookmark: boolean;
}

export type Choices = Readonly<Record<string, Choice>>;

/** Everything, as a run without a catalog reads it. */
export function everythingIn({ streams }: Catalog): Choices {
  return Object.fromEntries(streams.map(({ stream }) => [stream, {}]));
}

/** The catalog for these choices, as Meltano writes it: every stream and field says whether it is selected. */
export function catalogFor({ streams }: Catalog, choices: Choices): Catalog {
  return {
    streams: streams.map((entry) => {
      const choice = choices[entry.stream];
      const selected = choice !== undefined;
      const metadata = entry.metadata.map(({ breadcrumb, metadata: own }) => {
        if (breadcrumb.length > 0) {
          const isIn = selected && choice.deselected?.includes(breadcrumb[1] ?? '') !== true;
          return { breadcrumb, metadata: { ...own, selected: isIn } };
        }
        const method = choice?.fullTable === true ? { 'replication-method': 'FULL_TABLE' } : {};
        return { breadcrumb, metadata: { ...own, selected, ...method } };
      });
      return { ...entry, selected, metadata };
    }),
  };
}

/** What a run with that catalog has to bring. */
export function expectedOf({ streams }: Catalog, choices: Choices): Map<string, Expected> {
  return new Map(
    streams.flatMap(({ stream, key_properties: [key = ''], replication_key: cursor, schema }) => {
      const choice = choices[stream];
      if (choice === undefined) return [];
      const { deselected = [], fullTable = false } = choice;
      const out = deselected.filter((field) => field !== key && field !== cursor);
      const fields = Object.keys(schema.properties).filter((field) => !out.includes(field));
      return [[stream, { key, cursor, fields, deselected: out, hasBookmark: cursor !== undefined && !fullTable }]];
    }),
  );
}
