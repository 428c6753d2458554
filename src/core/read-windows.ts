import { ConnectorError, asConnectorError } from './errors.ts';
import { eachInParallel } from './parallel.ts';
import type { Row, Slice, StreamDefinition, Windows } from './stream.ts';
import type { StreamRead } from './stream-read.ts';
import type { SliceWindows, TimeWindows, Window } from './time-windows.ts';
import { utcText } from './timestamp.ts';

/** So many windows in a row that are cut off though they are the shortest: to ask for shorter times does not help. */
const CUT_OFF_IN_A_ROW = 10;

/** What the API gave over all windows, for the line at the stream's end. */
interface Counts {
  seen: number;
  others: number;
  doubled: number;
}

/**
 * Slice by slice, window after window. A slice that the API refuses is skipped with a warning if others can be read, one that
 * fails makes the stream fail in the end; the others are read all the same.
 */
export async function readWindows<S>(
  read: StreamRead<S>,
  slicesOf: NonNullable<StreamDefinition<S>['slices']>,
  windows: Windows<S>,
  cursor: TimeWindows,
): Promise<void> {
  const { run, definition } = read;
  const { chosen } = await slicesOf(run.shared);
  const counts: Counts = { seen: 0, others: 0, doubled: 0 };
  const told = new Set<string>();
  const refused = new Map<Slice, ConnectorError>();
  const failed: ConnectorError[] = [];
  await eachInParallel(chosen, run.workers, async (slice) => {
    try {
      await readSlice(read, slice, windows, cursor.begin(slice.id), counts, told);
    } catch (thrown) {
      run.signal.throwIfAborted();
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      if (error.isRejection) {
        refused.set(slice, error);
        return;
      }
      failed.push(error);
      run.output.log('error', `${definition.name}: ${slice.label} could not be read: ${error.message}`);
    }
  });
  read.remarks.push(`${counts.seen} ${windows.things} seen, ${counts.others} ${windows.others} left out`);
  if (counts.doubled > 0) read.remarks.push(`${counts.doubled} that came twice left out`);
  const [refusal] = refused.values();
  if (refusal !== undefined && (refused.size === chosen.length || run.failOnRefusedDeployments)) throw refusal;
  for (const [{ label }, error] of refused) {
    read.warn(
      `${label} is skipped, so the sync has no records of it, and a destination that overwrites loses those it had: ${error.message}`,
    );
  }
  if (failed[0] !== undefined) throw failed[0];
}

async function readSlice<S>(
  read: StreamRead<S>,
  slice: Slice,
  windows: Windows<S>,
  todo: SliceWindows,
  counts: Counts,
  told: Set<string>,
): Promise<void> {
  /** What came with the window before: what is dated at its end may come with both. */
  let before: ReadonlySet<string> = new Set();
  let cutOff = 0;
  for (let window = todo.current; window !== undefined; window = todo.current) {
    const request = windows.request(slice, { from: utcText(window.from), to: utcText(window.to) }, read.run.shared);
    const at = window;
    await read.ask(request, (body) => {
      const { rows, identities, warnings, cut, others, unreadable } = windows.rows(body, request);
      if (cut !== undefined && todo.halve()) return;
      cutOff = cut === undefined ? 0 : cutOff + 1;
      const now = new Set<string>();
      const fresh = read.shape(rows, request.path, slice.fields).filter((_, i) => {
        const identity = identities[i] ?? '';
        if (before.has(identity) || now.has(identity)) return false;
        now.add(identity);
        return true;
      });
      before = now;
      counts.seen += rows.length + others;
      counts.others += others;
      counts.doubled += rows.length - fresh.length;
      for (const warning of warnings) if (!told.has(warning)) read.warn(warning);
      for (const warning of warnings) told.add(warning);
      if (unreadable > 0) {
        read.warn(
          `${unreadable} ${windows.things} of ${nameOf(slice, at)} cannot be read; they come with their text in the field raw`,
        );
      }
      if (cut !== undefined) {
        read.warn(
          `the API leaves ${windows.things} of ${nameOf(slice, at)} out (${cut}), which is as short as it can be asked for; those are missing`,
        );
      }
      emitInOrder(read, fresh);
      todo.read();
      read.sink.checkpointIfDue();
      if (cutOff >= CUT_OFF_IN_A_ROW) {
        throw new ConnectorError('windows_cut_off', {
          things: windows.things,
          slice: slice.label,
          from: utcText(at.from),
          detail: cut ?? '',
        });
      }
    });
  }
}

function emitInOrder<S>(read: StreamRead<S>, rows: Row[]): void {
  const field = read.definition.incremental?.field ?? '';
  const at = (row: Row): string => (row[field] as string | null | undefined) ?? '';
  const ordered = rows.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
  read.emit(ordered);
}

function nameOf({ label }: Slice, { from, to }: Window): string {
  return `${label} from ${utcText(from)} to ${utcText(to)}`;
}
