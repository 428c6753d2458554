import type { Field } from './fields.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import type { Row } from '../record/row.ts';

/** A stream, declared as data. `S` is what the streams of its platform share, `F` the names of its fields. */
export interface Stream<S = unknown, F extends string = string> {
  name: string;
  description: string;
  /** Every property of a record, in the order in which the docs show them. */
  fields: Record<F, Field>;
  primaryKey: PrimaryKey<NoInfer<F>>;
  /** Records dated before the user's start_date in this field are left out. */
  startDateField?: NoInfer<F>;
  /** Fields that the API is known to send and that no record has. If given, undeclared fields are not passed on either. */
  dropped?: readonly string[];
  /** The option of the platform without which the stream is unavailable. */
  needsOption?: string;
  retrieval: Retrieval<S, NoInfer<F>>;
}

/** The field whose value is unique in the stream, or one made of others, with slashes in between; a row must have `needs`. */
type PrimaryKey<F extends string> = F | { field: F; madeOf: readonly F[]; needs: readonly F[] };

/** Declares the streams of a platform: `streamsOf<Shared>()({ … })`. */
export const streamsOf =
  <S>() =>
  <F extends string>(stream: Stream<S, F>): Stream<S, F> =>
    stream;

/** The field that holds the primary key. */
export function keyFieldOf({ primaryKey }: Pick<Stream, 'primaryKey'>): string {
  return typeof primaryKey === 'string' ? primaryKey : primaryKey.field;
}

/** The field that an incremental read goes by; undefined for a stream that is only read in full. */
export function cursorFieldOf({ retrieval }: Pick<Stream, 'retrieval'>): string | undefined {
  switch (retrieval.way) {
    case 'once':
    case 'shared':
      return undefined;
    case 'partition':
      return retrieval.incremental?.cursorField;
    default:
      return retrieval.cursorField;
  }
}

/** Whether the stream is available with a config; `platform` is the part of it below that name. */
export function isOffered({ needsOption }: Stream, platform: Row): boolean {
  if (needsOption === undefined) return true;
  const value = platform[needsOption];
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** The sentence about a stream that is requested and not available. */
export function notOffered({ name, needsOption }: Stream): string {
  return `The stream ${name} needs the option platform.${needsOption}, which the config does not have. Set it, or deselect the stream.`;
}

/** The sentence about a stream that discover omits. */
export function omission({ name, needsOption }: Stream): string {
  return `The stream ${name} is omitted. To read it, set the option platform.${needsOption}.`;
}
