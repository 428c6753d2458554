import { type Row, figure } from './figures.ts';
import { measure } from './measure.ts';
import { connectorRead } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { PAGE_SIZE } from './throughput.ts';

/** Time per record as the stream grows. */
export async function growth(runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const events of [10_000, 100_000, 1_000_000]) {
    const sandbox = await startSandboxProcess({ 'audit-events': events });
    try {
      const command = connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE });
      const times: number[] = [];
      for (let run = 0; run < Math.min(runs, 3); run += 1) times.push((await measure({ command })).wallMs);
      const micros = (figure(times).median * 1_000) / events;
      rows.push({
        what: `µs a record at ${events.toLocaleString('en')} events`,
        value: micros.toFixed(1),
        goal: 'not growing',
      });
    } finally {
      await sandbox.stop();
    }
  }
  return rows;
}
