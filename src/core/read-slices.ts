import { ConnectorError, asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import { SliceMarks } from './slice-marks.ts';
import type { Reading, Row } from './stream.ts';
import type { StreamRead } from './stream-read.ts';

type PerDeployment = Extract<Reading, { kind: 'per_deployment' }>;

/** So many slices in a row whose retries were used up are an outage: to try hundreds more so would take hours. */
const OUTAGES_IN_A_ROW = 5;

/**
 * One request per deployment, each a slice. A slice that the API refuses is skipped with a warning, one that fails makes
 * the stream fail in the end; the others are read all the same.
 */
export async function readPerDeployment(read: StreamRead, reading: PerDeployment): Promise<void> {
  const { ids, all } = await read.run.deployments.load();
  if (read.cursor instanceof SliceMarks && all !== undefined) read.cursor.retain(all);
  const refused = new Map<string, ConnectorError>();
  const failed: ConnectorError[] = [];
  let outages = 0;
  let untried = 0;
  await eachInParallel(ids, read.run.options.workers, async (id) => {
    if (outages >= OUTAGES_IN_A_ROW) {
      untried += 1;
      return;
    }
    try {
      await read.request(reading.path(id), {}, id, (rows) => emitSlice(read, id, rows));
      if (outages < OUTAGES_IN_A_ROW) outages = 0;
    } catch (thrown) {
      read.run.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      if (error.refused) {
        refused.set(id, error);
        return;
      }
      if (error.failureType === 'transient_error') outages += 1;
      failed.push(error);
      read.run.log.error(`${read.definition.name}: deployment ${id} could not be read: ${error.message}`);
    }
  });
  if (untried > 0) {
    read.run.log.error(
      `${read.definition.name}: ${untried} deployments were not tried, since ${outages} in a row had failed`,
    );
  }
  const fatal = failed[0] === undefined && read.run.options.failOnRefusedDeployments;
  if (refused.size > 0) judgeRefusals(read, reading, ids.length, refused, fatal);
  if (failed[0] !== undefined) throw failed[0];
}

function judgeRefusals(
  read: StreamRead,
  reading: PerDeployment,
  slices: number,
  refused: Map<string, ConnectorError>,
  fatal: boolean,
): void {
  const errors = [...refused.values()];
  if (refused.size === slices) {
    const absent = errors.every(({ status }) => status === 404);
    if (!absent || reading.absentEverywhere !== 'empty')
      throw errors.find(({ problem }) => problem !== 'not_found') ?? errors[0];
    read.warn('this API does not have the report for any deployment (HTTP 404), so there are no records of it');
    return;
  }
  if (fatal) {
    const [id] = refused.keys();
    const ids = refused.size === 1 ? `deployment ${id}` : `${refused.size} deployments, ${id} among them`;
    const internalMessage = errors[0]?.internalMessage;
    throw new ConnectorError('deployments_refused', { ids }, internalMessage === undefined ? {} : { internalMessage });
  }
  read.skippedDeployments = refused.size;
  for (const [id, error] of refused) {
    read.warn(
      `deployment ${id} is skipped, because the API refuses this report of it (${error.answer}); the sync has no records of it, so a destination that overwrites loses those it had (fail_on_refused_deployments makes the stream fail instead)`,
    );
  }
}

function emitSlice(read: StreamRead, id: string, rows: Row[]): void {
  const { cursor } = read;
  const { cursorField } = read.definition;
  if (!(cursor instanceof SliceMarks) || cursorField === undefined) {
    read.emit(rows);
    return;
  }
  const at = (row: Row): string | undefined => (row[cursorField] as string | undefined) ?? undefined;
  const bound = cursor.begin(id);
  // In order of their times, so that the mark may move in between; rows without one come first.
  const ordered = rows.toSorted((a, b) => compare(at(a) ?? '', at(b) ?? ''));
  const now = Date.now();
  for (const row of ordered) {
    const time = at(row);
    if (bound !== undefined && time !== undefined && time < bound) continue;
    if (read.leavesOut(row)) continue;
    read.record(row, now);
    cursor.emitted(id, time);
    read.output.checkpointIfDue();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
