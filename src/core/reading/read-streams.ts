import { asConnectorError } from '../failure/errors.ts';
import type { StreamEnd } from '../output/output.ts';
import type { OpenStream } from '../retrieval/open-stream.ts';

/** Reads all streams in parallel. A failed stream ends immediately as incomplete, while the other streams continue. */
export async function readStreams(streams: readonly OpenStream[]): Promise<StreamEnd[]> {
  return Promise.all(streams.map(readStream));
}

async function readStream({ reader, toEnd }: OpenStream): Promise<StreamEnd> {
  const { session, sink, report, stream } = reader;
  const { name } = stream;
  const began = Date.now();
  sink.started();
  try {
    await toEnd();
    sink.end(true);
    session.output.log('info', report.line(name, sink.records, Date.now() - began, session.startDate));
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
