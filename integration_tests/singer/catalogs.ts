import type { Row } from './transcript.ts';

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

/** A user's selection for one stream. */
interface Choice {
  deselected?: readonly string[];
  fullTable?: boolean;
}

/** The output that a sync must produce for a stream. */
export interface Expected {
  key: string;
  cursor: string | undefined;
  fields: readonly string[];
  deselected: readonly string[];
  /** Whether the sync changes the stream's bookmark. */
  hasBookmark: boolean;
}

export type Choices = Readonly<Record<string, Choice>>;

/** The streams and fields that a sync without a catalog selects. */
export function everythingIn({ streams }: Catalog): Choices {
  return Object.fromEntries(streams.map(({ stream }) => [stream, {}]));
}

/** The catalog for these choices as Meltano writes it, with an explicit selection for every stream and field. */
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
