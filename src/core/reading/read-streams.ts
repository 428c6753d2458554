import { count } from '../../text/count.ts';
import { asConnectorError } from '../failure/errors.ts';
import type { StreamEnd } from '../output/output.ts';
import type { OpenStream } from '../retrieval/open-stream.ts';
import type { StreamReader } from './stream-reader.ts';

/** Reads all streams in parallel. A failed stream ends immediately as incomplete, while the other streams continue. */
export async function readStreams(streams: readonly OpenStream[]): Promise<StreamEnd[]> {
  return Promise.all(streams.map(readStream));
}

async function readStream({ reader, toEnd }: OpenStream): Promise<StreamEnd> {
  const { session, sink, stream } = reader;
  const { name } = stream;
  const began = Date.now();
  sink.started();
  try {
    await toEnd();
    sink.end(true);
    session.output.log('info', summaryOf(reader, Date.now() - began));
    return { name, end: 'complete' };
  } catch (thrown) {
    sink.end(false);
    if (session.signal.aborted) return { name, end: 'stopped' };
    const error = asConnectorError(thrown);
    if (error.problem === 'unexpected') {
      const stack = thrown instanceof Error ? thrown.stack : undefined;
      session.output.log('fatal', `${name}: ${error.internalMessage}`, stack);
    } else session.output.log('error', `${name}: ${error.message}`);
    return { name, end: 'failed', error };
  }
}

/** The stream's last log line, such as `teams: 5 records in 0.2 s with 1 request`. */
function summaryOf(reader: StreamReader, ms: number): string {
  const { stream, session, sink, requests, beforeStartDate, skipped, leftOut } = reader;
  const read = `${count(sink.records, 'record')} in ${(ms / 1_000).toFixed(1)} s with ${count(requests, 'request')}`;
  const parts = [`${stream.name}: ${read}`];
  if (beforeStartDate > 0) parts.push(`${beforeStartDate} before start_date ${session.startDate} omitted`);
  if (skipped !== undefined) parts.push(`${skipped} skipped`);
  for (const what of leftOut) parts.push(`${what} omitted`);
  return parts.join('; ');
}
