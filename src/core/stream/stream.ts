import type { Field } from './fields.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import type { Row } from '../record/row.ts';

/** A stream's declaration. `S` is the data that all streams of the platform share; `F` is the union of the stream's field names. */
export interface Stream<S = unknown, F extends string = string> {
  name: string;
  description: string;
  /** The fields, in the order that the docs use. */
  fields: Record<F, Field>;
  primaryKey: PrimaryKey<NoInfer<F>>;
  /** The date field that is compared with the user's start_date. Records with an earlier date are omitted. */
  startDateField?: NoInfer<F>;
  /** Known fields that are never emitted. If set, undeclared fields and undeclared parts of fields are not emitted either. */
  dropped?: readonly string[];
  /** The platform option that makes the stream available. */
  needsOption?: string;
  retrieval: Retrieval<S, NoInfer<F>>;
}

/** A field with unique values, or a key made by joining other fields with slashes. Every row must have the fields in `needs`. */
type PrimaryKey<F extends string> = F | { field: F; madeOf: readonly F[]; needs: readonly F[] };

/** Declares a stream of a platform, as in `streamsOf<Shared>()({ … })`. */
export const streamsOf =
  <S>() =>
  <F extends string>(stream: Stream<S, F>): Stream<S, F> =>
    stream;

export function keyFieldOf({ primaryKey }: Pick<Stream, 'primaryKey'>): string {
  return typeof primaryKey === 'string' ? primaryKey : primaryKey.field;
}

/** The cursor field, or undefined for full-refresh streams. */
export function cursorFieldOf({ retrieval }: Pick<Stream, 'retrieval'>): string | undefined {
  return 'cursorField' in retrieval ? retrieval.cursorField : undefined;
}

/** Whether the stream is available. `platform` is the config's `platform` object. */
export function isOffered({ needsOption }: Stream, platform: Row): boolean {
  if (needsOption === undefined) return true;
  const value = platform[needsOption];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
}

export function notOffered({ name, needsOption }: Stream): string {
  return `The stream ${name} requires the option platform.${needsOption}, which is not set. Set it, or deselect the stream.`;
}

export function omission({ name, needsOption }: Stream): string {
  return `The stream ${name} is omitted. To read it, set the option platform.${needsOption}.`;
}
