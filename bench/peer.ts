import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../test-support/python.ts';
import { PAGE_SIZE } from './cases.ts';
import { type Measurement, type Row, figure, interleaved, ratio, show, workspace } from './measure.ts';
import { connector, connectorRead, printed, startSandboxProcess } from './programs.ts';

const EVENTS = 20_000;
const DEPLOYMENTS = 50;
const STREAMS = ['audit_events', 'deployments_backups', 'deployments_roles', 'deployments_scalings'];

/**
 * Compares the connector with Airbyte's Python CDK, which reads the same streams with a low-code manifest. The two programs take turns
 * reading from the same sandbox.
 */
export async function peer(runs: number): Promise<Row[]> {
  const python = join(await environment('clients'), 'python');
  const sandbox = await startSandboxProcess({ 'audit-events': EVENTS, deployments: DEPLOYMENTS });
  try {
    const runner = [python, fileURLToPath(new URL('peers/run.py', import.meta.url))];
    const read = connectorRead(sandbox, STREAMS, { page_size: PAGE_SIZE });
    const { token, baseUrl } = sandbox;
    const cdkConfig = workspace.file('cdk-config.json', { api_token: token, base_url: baseUrl });
    const cdkRead = [...runner, 'read', '--config', cdkConfig, '--catalog', read.at(-1) ?? ''];
    const ours = await readKeys(read);
    const theirs = await readKeys(cdkRead);
    const missing = [...ours, ...theirs].filter((key) => !ours.has(key) || !theirs.has(key));
    if (missing.length > 0)
      throw new Error(`${missing.length} records were read by only one program, such as ${missing[0]}`);
    const reads = await interleaved({ ours: { command: read }, cdk: { command: cdkRead } }, Math.min(runs, 3));
    const starts = await interleaved(
      { ours: { command: connector('spec') }, cdk: { command: [...runner, 'spec'] } },
      runs,
    );
    const compared = (
      what: string,
      [us, them]: [Measurement[], Measurement[]],
      of: keyof Measurement,
      unit: string,
      scale: number,
    ): Row => {
      const median = (results: Measurement[]): string =>
        (figure(results.map((run) => run[of])).median / scale).toFixed(of === 'peakMb' ? 0 : 2);
      return {
        what,
        value: `${median(us)} ${unit}`,
        goal: `${median(them)} ${unit}, ${show(ratio(them, us, of), 1)} × ours`,
      };
    };
    const perSecond = (results: Measurement[]): string =>
      Math.round(ours.size / (figure(results.map(({ wallMs }) => wallMs)).median / 1_000)).toLocaleString('en');
    const pair: [Measurement[], Measurement[]] = [reads.ours, reads.cdk];
    return [
      compared(`Time for ${ours.size.toLocaleString('en')} records of four streams`, pair, 'wallMs', 's', 1_000),
      { what: 'Records per second', value: perSecond(reads.ours), goal: perSecond(reads.cdk) },
      compared('CPU', pair, 'cpuMs', 's', 1_000),
      compared('Peak memory', pair, 'peakMb', 'MB', 1),
      compared('Start-up (`spec`)', [starts.ours, starts.cdk], 'wallMs', 's', 1_000),
    ];
  } finally {
    await sandbox.stop();
  }
}

/** Returns the records' keys, made from fields that both programs print. */
async function readKeys(command: string[]): Promise<Set<string>> {
  const keys = new Set<string>();
  let records = 0;
  for (const line of readFileSync(await printed(command), 'utf8').split('\n')) {
    if (!line.startsWith('{"type":"RECORD"')) continue;
    const { record } = JSON.parse(line) as { record: { stream: string; data: Record<string, string> } };
    const { stream, data } = record;
    // Identify roles by name, because only the connector computes an ID for each role.
    const ownId = stream === 'deployments_roles' ? data['name'] : data['id'];
    keys.add([stream, data['deployment_id'], ownId].join('/'));
    records += 1;
  }
  if (records !== keys.size)
    throw new Error(`${records - keys.size} records are duplicates in the output of ${command.join(' ')}`);
  return keys;
}
