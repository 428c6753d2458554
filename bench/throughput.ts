import { type Row, figure, ratio, show } from './figures.ts';
import { interleaved, measure } from './measure.ts';
import { connectorRead, floor, folder } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const PAGE_SIZE = 100;
const EVENTS = 200_000;

/** Reading audit events against the floor program, which does only what no program can avoid. */
export async function throughput(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': EVENTS });
  try {
    const ours = { command: connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE }) };
    const results = await interleaved({ floor: { command: floor(sandbox, PAGE_SIZE) }, ours }, runs);
    const { records, bytes } = await countRecords(ours.command);
    if (records !== EVENTS) throw new Error(`${records} of ${EVENTS} events were read`);
    const seconds = figure(results.ours.map(({ wallMs }) => wallMs / 1_000));
    return [
      {
        what: `Time for ${EVENTS.toLocaleString('en')} events, × the floor`,
        value: show(ratio(results.ours, results.floor, 'wallMs')),
        goal: '≤ 1.15',
      },
      {
        what: 'CPU for the same, × the floor',
        value: show(ratio(results.ours, results.floor, 'cpuMs')),
        goal: '≤ 1.15',
      },
      { what: 'Records a second', value: Math.round(EVENTS / seconds.median).toLocaleString('en'), goal: '' },
      { what: 'MB a second', value: (bytes / 1e6 / seconds.median).toFixed(0), goal: '' },
    ];
  } finally {
    await sandbox.stop();
  }
}

/** How many records a read prints, and how many bytes in all. */
export async function countRecords(command: string[]): Promise<{ records: number; bytes: number }> {
  const lines = await printed(command);
  const records = readFileSync(lines, 'latin1').split('\n{"type":"RECORD"').length - 1;
  return { records, bytes: statSync(lines).size };
}

/** The file that holds all that a command printed; the next one writes over it. */
export async function printed(command: string[]): Promise<string> {
  const lines = join(folder, 'lines.jsonl');
  await measure({ command, reader: `cat > '${lines}'` });
  return lines;
}
