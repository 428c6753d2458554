import type { Field } from './fields.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import type { Row } from '../record/row.ts';

/** A stream as data. `S` is the data that the streams of its platform share, `F` the names of its fields. */
export interface Stream<S = unknown, F extends string = string> {
  name: string;
  description: string;
  /** In the order of the docs. */
  fields: Record<F, Field>;
  primaryKey: PrimaryKey<NoInfer<F>>;
  /** Records dated before the user's start_date in this field are omitted. */
  startDateField?: NoInfer<F>;
  /** Known fields that no record has. If given, undeclared fields are not emitted either. */
  dropped?: readonly string[];
  /** The option of the platform that makes the stream available. */
  needsOption?: string;
  retrieval: Retrieval<S, NoInfer<F>>;
}

/** A field with a unique value, or a key built from other fields, joined with slashes; a row must have `needs`. */
type PrimaryKey<F extends string> = F | { field: F; madeOf: readonly F[]; needs: readonly F[] };

/** Declares the streams of a platform: `streamsOf<Shared>()({ … })`. */
export const streamsOf =
  <S>() =>
  <F extends string>(stream: Stream<S, F>): Stream<S, F> =>
    stream;

export function keyFieldOf({ primaryKey }: Pick<Stream, 'primaryKey'>): string {
  return typeof primaryKey === 'string' ? primaryKey : primaryKey.field;
}

/** Undefined for a stream that is only read in full. */
export function cursorFieldOf({ retrieval }: Pick<Stream, 'retrieval'>): string | undefined {
  return 'cursorField' in retrieval ? retrieval.cursorField : undefined;
}

/** Whether the stream is available; `platform` is this part of the config. */
export function isOffered({ needsOption }: Stream, platform: Row): boolean {
  if (needsOption === undefined) return true;
  const value = platform[needsOption];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
}

export function notOffered({ name, needsOption }: Stream): string {
  return `The stream ${name} needs the option platform.${needsOption}, which is not set. Set it, or deselect the stream.`;
}

export function omission({ name, needsOption }: Stream): string {
  return `The stream ${name} is omitted. To read it, set the option platform.${needsOption}.`;
}
