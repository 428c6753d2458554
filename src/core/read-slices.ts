import { ConnectorError, asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import type { ProblemId } from './problems.ts';
import type { SliceMarks } from './slice-marks.ts';
import type { Request, Row, Slice, StreamDefinition } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

/** So many slices in a row whose retries were used up are an outage: to try hundreds more so would take hours. */
const OUTAGES_IN_A_ROW = 5;

type First<S> = NonNullable<StreamDefinition<S>['first']>;

/** One request, or page after page of it. */
export async function readWhole<S>(read: StreamRead<S>, first: First<S>): Promise<void> {
  await readPages(read, undefined, first(undefined, read.run.shared), (rows) => read.emit(rows));
}

/**
 * Slice after slice, each by requests of its own. A slice that the API refuses is skipped with a warning, one that fails
 * makes the stream fail in the end; the others are read all the same. `marks` is the cursor of an incremental read.
 */
export async function readSlices<S>(
  read: StreamRead<S>,
  slicesOf: NonNullable<StreamDefinition<S>['slices']>,
  first: First<S>,
  marks: SliceMarks | undefined,
): Promise<void> {
  const { run } = read;
  const { chosen, all, isWhole = false, leftOut = [] } = await slicesOf(run.shared);
  if (marks !== undefined && all !== undefined) marks.retain(all);
  read.leftOut.push(...leftOut);
  const emit = (slice: Slice, rows: Row[]): void => {
    if (marks === undefined) read.emit(rows);
    else emitInOrder(read, marks, slice.id, rows);
  };
  const asked = chosen.filter(({ rows }) => rows === undefined);
  for (const slice of chosen) {
    if (slice.rows === undefined) continue;
    emit(slice, read.shape(slice.rows, slice.label, slice.fields));
    await run.output.ready();
  }
  const trouble: Trouble = { refused: new Map(), failed: [], listMissing: false };
  const lanes = [...Map.groupBy(asked, ({ lane }) => lane).values()];
  await eachInParallel(lanes, lanes.length, (lane) =>
    readLane(read, lane, trouble, (slice) =>
      readPages(read, slice, first(slice, run.shared), (rows, missing) => {
        if (missing) trouble.listMissing = true;
        emit(slice, rows);
      }),
    ),
  );
  const { refused, failed } = trouble;
  if (refused.size > 0) judgeRefusals(read, asked.length, refused, failed.length === 0);
  if (failed[0] !== undefined) throw failed[0];
  if (isWhole && refused.size === 0 && !trouble.listMissing) marks?.readWhole();
}

/** What did not work, over all slices of a stream. */
interface Trouble {
  refused: Map<Slice, ConnectorError>;
  failed: ConnectorError[];
  /** The API left out a list, which tells of no row that it is gone. */
  listMissing: boolean;
}

/** Slices that wait for each other. Throws only what is a bug. */
async function readLane<S>(
  { run, definition }: StreamRead<S>,
  slices: readonly Slice[],
  { refused, failed }: Trouble,
  readSlice: (slice: Slice) => Promise<void>,
): Promise<void> {
  let outages = 0;
  let untried = 0;
  await eachInParallel(slices, run.workers, async (slice) => {
    if (outages >= OUTAGES_IN_A_ROW) {
      untried += 1;
      return;
    }
    try {
      await readSlice(slice);
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
}

async function readPages<S>(
  read: StreamRead<S>,
  slice: Slice | undefined,
  first: Request,
  emit: (rows: Row[], missing: boolean) => void,
): Promise<void> {
  const { definition } = read;
  for (let request = first, more = true; more;) {
    const at = request;
    more = false;
    await read.request(at, slice?.fields, (rows, missing, body) => {
      emit(rows, missing);
      const next = definition.next?.(body, at);
      if (next === undefined) return;
      request = next;
      more = true;
    });
  }
}

/** The ways to say that there is no such thing. */
const ABSENCES: ReadonlySet<ProblemId> = new Set<ProblemId>(['not_found', 'not_offered']);

function judgeRefusals<S>(
  read: StreamRead<S>,
  slices: number,
  refused: Map<Slice, ConnectorError>,
  mayFail: boolean,
): void {
  const errors = [...refused.values()];
  if (refused.size === slices) {
    const absent = errors.every(({ problem }) => ABSENCES.has(problem));
    if (!absent || read.definition.absentEverywhere !== 'empty') {
      throw errors.find(({ problem }) => !ABSENCES.has(problem)) ?? errors[0];
    }
    const statuses = [...new Set(errors.map(({ status }) => status))].join(' or ');
    read.warn(`this API does not have the report for any deployment (HTTP ${statuses}), so there are no records of it`);
    return;
  }
  if (mayFail && read.run.failOnRefusedDeployments) {
    const [first] = refused.keys();
    const which = refused.size === 1 ? first?.label : `${refused.size} deployments, ${first?.label} among them`;
    const { internalMessage = '' } = errors[0] ?? {};
    throw new ConnectorError('deployments_refused', { ...read.run.words, which: which ?? '' }, { internalMessage });
  }
  read.skippedSlices = refused.size;
  for (const [{ label }, error] of refused) {
    read.warn(
      `the API refuses this report for ${label} (${error.answer}), so it is skipped. The sync has no records for it, and a destination that overwrites loses those it had. To make the stream fail instead, turn on fail_on_refused_deployments`,
    );
  }
}

/**
 * Emits what is new in a slice that came whole, in order of its times, so that its mark may move in between. A row that
 * may still change, or might when it was last emitted, is emitted however old it is.
 */
function emitInOrder<S>(read: StreamRead<S>, marks: SliceMarks, slice: string, rows: Row[]): void {
  const { incremental, primaryKey } = read.definition;
  const { field = '' } = incremental ?? {};
  const at = (row: Row): string | undefined => (row[field] as string | undefined) ?? undefined;
  const bound = marks.begin(slice);
  // Rows without a time come first.
  const ordered = rows.toSorted((a, b) => compare(at(a) ?? '', at(b) ?? ''));
  const now = Date.now();
  for (const row of ordered) {
    const time = at(row);
    const key = String(row[primaryKey]);
    const final = incremental?.isFinal?.(row) ?? true;
    if (!marks.isPending(key)) {
      if (final && bound !== undefined && time !== undefined && time < bound) continue;
      if (read.dropIfBeforeStart(row)) continue;
    }
    read.record(row, now);
    marks.emitted(slice, key, time, final);
    read.sink.checkpointIfDue();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
