import { type ConnectorError, asConnectorError } from './errors.ts';
import { NewestFirstCursor } from './newest-first-cursor.ts';
import { readPerDeployment } from './read-slices.ts';
import { readDeployments, readList } from './read-list.ts';
import { readNewestFirst } from './read-newest-first.ts';
import type { StreamRead } from './stream-read.ts';

/** How a stream ended: read to its end, failed, or stopped along with the whole run. */
export type StreamEnd =
  { name: string; end: 'complete' | 'stopped' } | { name: string; end: 'failed'; error: ConnectorError };

/** Reads all streams side by side. One that fails is INCOMPLETE at once and does not hinder the others. */
export async function readStreams(reads: StreamRead[]): Promise<StreamEnd[]> {
  return Promise.all(reads.map((read) => readStream(read)));
}

async function readStream(read: StreamRead): Promise<StreamEnd> {
  const { run, output, definition } = read;
  const { name } = definition;
  const began = Date.now();
  output.started();
  try {
    await rowsOf(read);
    output.complete();
    run.log.info(summary(read, Date.now() - began));
    return { name, end: 'complete' };
  } catch (thrown) {
    output.incomplete();
    if (run.signal.aborted) return { name, end: 'stopped' };
    const error = asConnectorError(thrown);
    if (error.problem === 'unexpected') run.log.fatal({ err: thrown }, `${name}: ${error.internalMessage}`);
    else run.log.error(`${name}: ${error.message}`);
    return { name, end: 'failed', error };
  }
}

function rowsOf(read: StreamRead): Promise<void> {
  const { reading } = read.definition;
  switch (reading.kind) {
    case 'list':
      return readList(read, reading.path);
    case 'deployment_list':
      return readDeployments(read, reading.path, reading.details);
    case 'per_deployment':
      return readPerDeployment(read, reading);
    case 'newest_first':
      if (!hasWalk(read)) throw new Error(`${read.definition.name} has no cursor to walk by`);
      return readNewestFirst(read, reading);
  }
}

function hasWalk(read: StreamRead): read is StreamRead<NewestFirstCursor> {
  return read.cursor instanceof NewestFirstCursor;
}

/** The one line about a finished stream: what was read, what it took, and what was left out. */
function summary(read: StreamRead, ms: number): string {
  const { definition, output, requests, beforeStartDate, skippedDeployments, run } = read;
  const parts = [
    `${definition.name}: ${count(output.records, 'record')} in ${(ms / 1_000).toFixed(1)} s with ${count(requests, 'request')}`,
  ];
  if (beforeStartDate > 0) parts.push(`${beforeStartDate} before start_date ${run.options.startDate} left out`);
  if (skippedDeployments > 0) parts.push(`${count(skippedDeployments, 'deployment')} skipped`);
  return parts.join('; ');
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
