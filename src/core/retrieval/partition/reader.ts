import { ConnectorError } from '../../failure/errors.ts';
import type { Page, StreamReader } from '../../reading/stream-reader.ts';
import type { Row } from '../../record/row.ts';
import { type Outcome, each } from '../each.ts';
import type { Partition } from '../partitions.ts';
import type { PartitionCursor } from './cursor.ts';
import type { ByPartition } from './declaration.ts';

/**
 * Reads all partitions. One that the API rejects is skipped with a warning, one that fails makes the stream fail in the end;
 * the others are read all the same. `cursor` is that of an incremental stream.
 */
export async function readPartitions<S, F extends string>(
  reader: StreamReader<S>,
  retrieval: ByPartition<S, F>,
  cursor: PartitionCursor | undefined,
): Promise<void> {
  const { session, report } = reader;
  const { chosen, all, isWhole = false, leftOut = [] } = await retrieval.partitions(session.shared);
  if (all !== undefined) cursor?.retain(all);
  report.leftOut.push(...leftOut);
  const emit = (partition: Partition, page: Page): void => {
    if (cursor === undefined) reader.emit(page);
    else emitInOrder(reader, retrieval, cursor, partition, page);
  };
  // An API that leaves out a list does not say that its rows are gone.
  let isListMissing = false;
  const requested: Partition[] = [];
  for (const partition of chosen) {
    const { rows, label, fields } = partition;
    if (rows === undefined) {
      requested.push(partition);
      continue;
    }
    emit(partition, reader.page(rows, label, fields));
    await session.output.ready();
  }
  const outcome = await each(reader, requested, {
    originOf: ({ origin }) => origin,
    knownFailureOf: ({ failed }) => failed,
    failureOf: ({ label }) => `${label} could not be read`,
    async read(partition) {
      const request = retrieval.request(partition, session.shared);
      for await (const page of reader.pages([request], retrieval, partition.fields)) {
        isListMissing ||= page.missing;
        emit(partition, page);
      }
    },
  });
  const tried = requested.filter(({ failed }) => failed === undefined);
  settleRejected(reader, tried.length, outcome, retrieval.absentEverywhere);
  const [failure] = outcome.failures;
  if (failure !== undefined) throw failure;
  if (isWhole && outcome.rejected.size === 0 && !isListMissing) cursor?.readWhole();
}

/** Skips the rejected partitions with a warning each, or throws: if all are rejected, and if the user wants that. */
function settleRejected<S>(
  reader: StreamReader<S>,
  tried: number,
  { rejected, failures }: Outcome<Partition>,
  absentEverywhere: 'empty' | undefined,
): void {
  if (rejected.size === 0) return;
  const { session, report } = reader;
  const errors = [...rejected.values()];
  if (rejected.size === tried) {
    const present = errors.find(({ isAbsence }) => !isAbsence);
    if (present !== undefined || absentEverywhere !== 'empty') throw present ?? errors[0];
    const statuses = [...new Set(errors.map(({ status }) => status))].join(' or ');
    reader.warn(
      `this API does not have the report for any deployment (HTTP ${statuses}), so there are no records of it`,
    );
    return;
  }
  if (failures.length === 0 && session.failOnRefusedDeployments) throw rejectionOf(reader, rejected);
  report.skippedPartitions = rejected.size;
  for (const [{ label }, { answer }] of rejected) {
    reader.warn(
      `the API refuses this report for ${label} (${answer}), so it is skipped. The sync has no records for it, and a destination that overwrites loses those it had. To make the stream fail instead, turn on fail_on_refused_deployments`,
    );
  }
}

/** The error about rejected partitions; a missing role says more than an absence. */
function rejectionOf<S>(
  { session }: StreamReader<S>,
  rejected: ReadonlyMap<Partition, ConnectorError>,
): ConnectorError {
  const lacking = [...rejected].filter(([, { isAbsence }]) => !isAbsence);
  const told = lacking.length > 0 ? lacking : [...rejected];
  const [[partition, { answer = '', internalMessage = '' }] = [undefined, {}]] = told;
  const label = partition?.label ?? '';
  const which = told.length === 1 ? label : `${told.length} deployments, ${label} among them`;
  const problem = lacking.length > 0 ? 'deployments_refused' : 'deployments_absent';
  return new ConnectorError(problem, { ...session.terms, which, answer }, { internalMessage });
}

/**
 * Emits what is new in a partition that came whole, in the order of its times, so that its mark may move in between. A row
 * that may still change, or might when it was last emitted, is emitted however old it is.
 */
function emitInOrder<S, F extends string>(
  reader: StreamReader<S>,
  { incremental }: ByPartition<S, F>,
  cursor: PartitionCursor,
  { id, ceiling }: Partition,
  page: Page,
): void {
  const { cursorField = '' } = incremental ?? {};
  const at = (row: Row): string | undefined => (row[cursorField] as string | undefined) ?? undefined;
  const bound = cursor.begin(id, ceiling);
  // Rows without a time come first.
  const ordered = page.rows.toSorted((a, b) => compare(at(a) ?? '', at(b) ?? ''));
  const now = Date.now();
  for (const row of ordered) {
    const time = at(row);
    const key = reader.keyOf(row);
    // An undated row may get its date later, and then be older than the mark.
    const final = time !== undefined && (incremental?.isFinal?.(row) ?? true);
    if (!cursor.isPending(key)) {
      if (final && bound !== undefined && time !== undefined && time < bound) continue;
      if (reader.dropIfBeforeStart(row)) continue;
    }
    reader.record(row, now, page);
    cursor.emitted(id, key, time, final);
    reader.sink.checkpointIfDue();
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
