import type { StreamReader } from '../../reading/stream-reader.ts';
import type { Once } from './declaration.ts';

/** Reads the one page that there is. */
export async function readOnce<S>(reader: StreamReader<S>, retrieval: Once<S>): Promise<void> {
  const request = retrieval.request(reader.session.shared);
  await reader.readPage(request, retrieval, (page) => reader.emit(page));
}
