import type { Stream } from '../../stream/stream.ts';

/** The stream without requests for details that only contain deselected fields. */
export function withoutDeselectedDetails(stream: Stream, deselected: ReadonlySet<string>): Stream {
  const { retrieval } = stream;
  if (retrieval.way !== 'shared' || retrieval.detail === undefined) return stream;
  const { detail } = retrieval;
  if (!detail.fields.every((field) => deselected.has(field))) return stream;
  return { ...stream, retrieval: { ...retrieval, detail: { ...detail, isWanted: () => false } } };
}
