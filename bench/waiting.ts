import { type Row, figure, show } from './figures.ts';
import { interleaved } from './measure.ts';
import { connectorRead } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { streams } from '../src/streams/index.ts';

const DEPLOYMENTS = 100;
const LATENCY_MS = 40;
const WORKERS = 16;

/** The list of deployments and the reports of each of them. */
export const DEPLOYMENT_STREAMS = streams.map(({ name }) => name).filter((name) => name.startsWith('deployments'));

/** Many requests to a slow API, against the time that the requests must take: requests / workers × latency. */
export async function waiting(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ deployments: DEPLOYMENTS, 'latency-ms': LATENCY_MS });
  try {
    const command = connectorRead(sandbox, DEPLOYMENT_STREAMS, {
      num_workers: WORKERS,
      // So that each deployment has nine requests, one of them its details.
      include_connection_strings: true,
    });
    const before = await sandbox.stats();
    const { ours } = await interleaved({ ours: { command } }, runs);
    const after = await sandbox.stats();
    const requests = (after.requests - before.requests) / (runs + 1);
    const ideal = (requests / WORKERS) * LATENCY_MS;
    if (after.maxInFlight > WORKERS) throw new Error(`${after.maxInFlight} requests were in flight at once`);
    return [
      {
        what: `${requests} requests of ${LATENCY_MS} ms by ${WORKERS} workers, × the time they must take`,
        value: show(figure(ours.map(({ wallMs }) => wallMs / ideal))),
        goal: '≤ 1.25',
      },
      { what: 'Most requests in flight at once', value: String(after.maxInFlight), goal: `≤ ${WORKERS}` },
    ];
  } finally {
    await sandbox.stop();
  }
}
