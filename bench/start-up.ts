import { type Row, figure, ratio, show } from './figures.ts';
import { interleaved } from './measure.ts';
import { connector } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';

/** From the start of the process to its end, against a node that does nothing. */
export async function startUp(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': 10 });
  try {
    const results = await interleaved(
      {
        bare: { command: [process.execPath, '-e', '0'] },
        spec: { command: connector('spec') },
        discover: { command: connector('discover', sandbox) },
        check: { command: connector('check', sandbox) },
      },
      runs * 4,
    );
    const row = (name: 'spec' | 'discover' | 'check', goal: string): Row => ({
      what: `\`${name}\`, × \`node -e 0\``,
      value: `${show(ratio(results[name], results.bare, 'wallMs'))}, ${figure(results[name].map(({ wallMs }) => wallMs)).median.toFixed(0)} ms`,
      goal,
    });
    return [row('spec', '≤ 1.3'), row('discover', ''), row('check', '')];
  } finally {
    await sandbox.stop();
  }
}
