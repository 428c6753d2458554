import { ConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import { readEach } from './read-each.ts';
import type { SliceMarks } from './slice-marks.ts';
import type { Request, Row, Slice, StreamDefinition } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

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
    else emitInOrder(read, marks, slice, rows);
  };
  const failed: ConnectorError[] = [];
  for (const { label, failed: error } of chosen) {
    if (error === undefined) continue;
    failed.push(error);
    run.output.log('error', `${read.definition.name}: ${label} could not be read: ${error.message}`);
  }
  const asked = chosen.filter((slice) => slice.rows === undefined && slice.failed === undefined);
  for (const slice of chosen) {
    if (slice.rows === undefined) continue;
    emit(slice, read.shape(slice.rows, slice.label, slice.fields));
    await run.output.ready();
  }
  const refused = new Map<Slice, ConnectorError>();
  // The API left out a list, which tells of no row that it is gone.
  let listMissing = false;
  const groups = [...Map.groupBy(asked, ({ lane }) => lane).values()];
  await eachInParallel(groups, groups.length, (slices) =>
    readEach(read, {
      items: slices,
      readOne: (slice) =>
        readPages(read, slice, first(slice, run.shared), (rows, missing) => {
          if (missing) listMissing = true;
          emit(slice, rows);
        }),
      refused: (slice, error) => void refused.set(slice, error),
      lineOf: ({ label }) => `${label} could not be read`,
      failed: (error) => failed.push(error),
    }),
  );
  if (refused.size > 0) judgeRefusals(read, asked.length, refused, failed.length === 0);
  if (failed[0] !== undefined) throw failed[0];
  if (isWhole && refused.size === 0 && !listMissing) marks?.readWhole();
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
    const take = (rows: Row[], missing: boolean, body: unknown): void => {
      emit(rows, missing);
      const next = definition.next?.(body, at);
      if (next === undefined) return;
      request = next;
      more = true;
    };
    await read.request(at, slice?.fields, take);
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
    const absent = errors.every(({ isAbsence }) => isAbsence);
    if (!absent || read.definition.absentEverywhere !== 'empty') {
      throw errors.find(({ isAbsence }) => !isAbsence) ?? errors[0];
    }
    const statuses = [...new Set(errors.map(({ status }) => status))].join(' or ');
    read.warn(`this API does not have the report for any deployment (HTTP ${statuses}), so there are no records of it`);
    return;
  }
  if (mayFail && read.run.failOnRefusedDeployments) {
    const lacking = [...refused].filter(([, { isAbsence }]) => !isAbsence);
    const told = lacking.length > 0 ? lacking : [...refused];
    const [[slice, { answer = '', internalMessage = '' }] = [undefined, {}]] = told;
    const label = slice?.label ?? '';
    const which = told.length === 1 ? label : `${told.length} deployments, ${label} among them`;
    const problem = lacking.length > 0 ? 'deployments_refused' : 'deployments_absent';
    throw new ConnectorError(problem, { ...read.run.words, which, answer }, { internalMessage });
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
function emitInOrder<S>(read: StreamRead<S>, marks: SliceMarks, { id: slice, heldAt }: Slice, rows: Row[]): void {
  const { incremental, primaryKey } = read.definition;
  const { field = '' } = incremental ?? {};
  const at = (row: Row): string | undefined => (row[field] as string | undefined) ?? undefined;
  const bound = marks.begin(slice, heldAt);
  // Rows without a time come first.
  const ordered = rows.toSorted((a, b) => compare(at(a) ?? '', at(b) ?? ''));
  const now = Date.now();
  for (const row of ordered) {
    const time = at(row);
    const key = String(row[primaryKey]);
    // An undated row may get its date later, and then be older than the mark.
    const final = incremental?.isFinal === undefined || (time !== undefined && incremental.isFinal(row));
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
