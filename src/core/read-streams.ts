import { asConnectorError } from './errors.ts';
import type { OpenStream } from './open-stream.ts';
import type { StreamEnd } from './output.ts';
import type { StreamRead } from './stream-read.ts';

/** Reads all streams side by side. One that fails is incomplete at once and does not hinder the others. */
export async function readStreams(streams: readonly OpenStream[]): Promise<StreamEnd[]> {
  return Promise.all(streams.map(readStream));
}

async function readStream({ read, toEnd }: OpenStream): Promise<StreamEnd> {
  const { run, sink, definition } = read;
  const { name } = definition;
  const began = Date.now();
  sink.started();
  try {
    await toEnd();
    sink.complete();
    run.output.log('info', summary(read, Date.now() - began));
    return { name, end: 'complete' };
  } catch (thrown) {
    sink.incomplete();
    if (run.signal.aborted) return { name, end: 'stopped' };
    const error = asConnectorError(thrown);
    if (error.problem === 'unexpected') {
      const stack = thrown instanceof Error ? thrown.stack : undefined;
      run.output.log('fatal', `${name}: ${error.internalMessage}`, stack);
    } else run.output.log('error', `${name}: ${error.message}`);
    return { name, end: 'failed', error };
  }
}

/** The one line about a finished stream: what was read, what it took, and what was left out. */
function summary(read: StreamRead, ms: number): string {
  const { definition, sink, requests, beforeStartDate, skippedSlices, leftOut, remarks, run } = read;
  const parts = [
    `${definition.name}: ${count(sink.records, 'record')} in ${(ms / 1_000).toFixed(1)} s with ${count(requests, 'request')}`,
  ];
  if (beforeStartDate > 0) parts.push(`${beforeStartDate} before start_date ${run.startDate} left out`);
  if (skippedSlices > 0) parts.push(`${count(skippedSlices, 'deployment')} skipped`);
  for (const what of leftOut) parts.push(`${what} left out`);
  parts.push(...remarks);
  return parts.join('; ');
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
