import { type Row, figure, ratio, show } from './figures.ts';
import { interleaved } from './measure.ts';
import { connectorRead, floor } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { PAGE_SIZE } from './throughput.ts';

const EVENTS = 1_000_000;
/** Takes 5 MB a second, and not more. Without the hook, or it would write its own usage over that of what it reads. */
const SLOW_READER = `NODE_OPTIONS= node -e '
let taken = 0; const began = performance.now();
process.stdin.on("data", (chunk) => {
  taken += chunk.length;
  const early = taken / 5000 - (performance.now() - began);
  if (early > 20) { process.stdin.pause(); setTimeout(() => process.stdin.resume(), early); }
});'`;

/** Peak resident memory over a million events, also for a reader that is slow. */
export async function memory(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': EVENTS });
  try {
    const ours = connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE });
    const theirs = floor(sandbox, PAGE_SIZE);
    const fast = await interleaved({ floor: { command: theirs }, ours: { command: ours } }, Math.min(runs, 3));
    const slow = await interleaved(
      { floor: { command: theirs, reader: SLOW_READER }, ours: { command: ours, reader: SLOW_READER } },
      1,
    );
    return [fast, slow].flatMap((results, i) => {
      const reader = i === 0 ? '' : ', reader at 5 MB/s';
      const peak = figure(results.ours.map(({ peakMb }) => peakMb));
      return [
        {
          what: `Peak memory over ${EVENTS.toLocaleString('en')} events${reader}, × the floor`,
          value: show(ratio(results.ours, results.floor, 'peakMb')),
          goal: '≤ 1.35',
        },
        { what: `The same in MB${reader}`, value: show(peak, 0), goal: '< 160' },
      ];
    });
  } finally {
    await sandbox.stop();
  }
}
