import { ConnectorError, asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import type { SliceMarks } from './slice-marks.ts';
import type { Row, Slice } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** So many slices in a row whose retries were used up are an outage: to try hundreds more so would take hours. */
const OUTAGES_IN_A_ROW = 5;

/** One request, or page after page of it. */
export async function readWhole<S>(read: StreamRead<S>): Promise<void> {
  await readPages(read, undefined, (rows) => read.emit(rows));
}

/**
 * Slice after slice, each by requests of its own. A slice that the API refuses is skipped with a warning, one that fails
 * makes the stream fail in the end; the others are read all the same. `marks` is the cursor of an incremental read.
 */
export async function readSlices<S>(
  read: StreamRead<S>,
  slicesOf: NonNullable<StreamRead<S>['definition']['slices']>,
  marks: SliceMarks | undefined,
): Promise<void> {
  const { run, definition } = read;
  const { chosen, all } = await slicesOf(run.shared);
  if (marks !== undefined && all !== undefined) marks.retain(all);
  const refused = new Map<Slice, ConnectorError>();
  const failed: ConnectorError[] = [];
  let outages = 0;
  let untried = 0;
  await eachInParallel(chosen, run.workers, async (slice) => {
    if (outages >= OUTAGES_IN_A_ROW) {
      untried += 1;
      return;
    }
    try {
      await readPages(read, slice, (rows) => {
        if (marks === undefined) read.emit(rows);
        else emitInOrder(read, marks, slice.id, rows);
      });
      if (outages < OUTAGES_IN_A_ROW) outages = 0;
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      if (error.refused) {
        refused.set(slice, error);
        return;
      }
      if (error.failureType === 'transient_error') outages += 1;
      failed.push(error);
      run.output.log('error', `${definition.name}: ${slice.label} could not be read: ${error.message}`);
    }
  });
  if (untried > 0) {
    run.output.log(
      'error',
      `${definition.name}: ${untried} deployments were not tried, since ${outages} in a row had failed`,
    );
  }
  if (refused.size > 0) judgeRefusals(read, chosen.length, refused, failed.length === 0);
  if (failed[0] !== undefined) throw failed[0];
}

async function readPages<S>(read: StreamRead<S>, slice: Slice | undefined, emit: (rows: Row[]) => void): Promise<void> {
  const { definition, run } = read;
  for (let request = definition.first(slice, run.shared), more = true; more;) {
    const at = request;
    more = false;
    await read.request(at, slice?.fields, (rows, _, body) => {
      emit(rows);
      const next = definition.next?.(body, at);
      if (next === undefined) return;
      request = next;
      more = true;
    });
  }
}

function judgeRefusals<S>(
  read: StreamRead<S>,
  slices: number,
  refused: Map<Slice, ConnectorError>,
  mayFail: boolean,
): void {
  const errors = [...refused.values()];
  if (refused.size === slices) {
    const absent = errors.every(({ problem }) => problem === 'not_found');
    if (!absent || read.definition.absentEverywhere !== 'empty') {
      throw errors.find(({ problem }) => problem !== 'not_found') ?? errors[0];
    }
    read.warn('this API does not have the report for any deployment (HTTP 404), so there are no records of it');
    return;
  }
  if (mayFail && read.run.failOnRefusedDeployments) {
    const [first] = refused.keys();
    const which = refused.size === 1 ? first?.label : `${refused.size} deployments, ${first?.label} among them`;
    const { internalMessage = '' } = errors[0] ?? {};
    throw new ConnectorError('deployments_refused', { which: which ?? '' }, { internalMessage });
  }
  read.skippedSlices = refused.size;
  for (const [{ label }, error] of refused) {
    read.warn(
      `the API refuses this report for ${label} (${error.answer}), so it is skipped. The sync has no records for it, and a destination that overwrites loses those it had. To make the stream fail instead, turn on fail_on_refused_deployments`,
    );
  }
}

/** Emits what is new in a slice that came whole, in order of its times, so that its mark may move in between. */
function emitInOrder<S>(read: StreamRead<S>, marks: SliceMarks, slice: string, rows: Row[]): void {
  const field = read.definition.incremental?.field ?? '';
  const at = (row: Row): string | undefined => (row[field] as string | undefined) ?? undefined;
  const bound = marks.begin(slice);
  // Rows without a time come first.
  const ordered = rows.toSorted((a, b) => compare(at(a) ?? '', at(b) ?? ''));
  const now = Date.now();
  for (const row of ordered) {
    const time = at(row);
    if (bound !== undefined && time !== undefined && time < bound) continue;
    if (read.dropIfBeforeStart(row)) continue;
    read.record(row, now);
    marks.emitted(slice, time);
    read.sink.checkpointIfDue();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
