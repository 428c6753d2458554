import { connectorRead } from './programs.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { PAGE_SIZE, countRecords } from './throughput.ts';
import { DEPLOYMENT_STREAMS } from './waiting.ts';

const EVENTS = 5_000;
const WORKERS = 8;

/** What CI can judge on any machine: records, requests for them, requests at once. Gives one line for each. */
export async function counts(): Promise<Array<{ what: string; ok: boolean }>> {
  const sandbox = await startSandboxProcess({ 'audit-events': EVENTS, deployments: 20, 'latency-ms': 2 });
  try {
    const expected = await sandbox.counts();
    const events = await countRecords(connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE }));
    const pages = (await sandbox.stats()).requests;
    const reports = await countRecords(connectorRead(sandbox, DEPLOYMENT_STREAMS, { num_workers: WORKERS }));
    const { requests, maxInFlight } = await sandbox.stats();
    const reportRecords = DEPLOYMENT_STREAMS.reduce((sum, name) => sum + (expected[name] ?? 0), 0);
    const reportRequests = 1 + 20 * (DEPLOYMENT_STREAMS.length - 1);
    const equal = (what: string, found: number, wanted: number): { what: string; ok: boolean } => ({
      what: `${what}: ${found} of ${wanted}`,
      ok: found === wanted,
    });
    return [
      equal('audit events read', events.records, EVENTS),
      // Behind the last page an empty one, and two that show that nothing is older by time either.
      equal('requests for them', pages, EVENTS / PAGE_SIZE + 3),
      equal('records of deployments read', reports.records, reportRecords),
      equal('requests for them', requests - pages, reportRequests),
      { what: `requests in flight at once: ${maxInFlight}, at most ${WORKERS}`, ok: maxInFlight <= WORKERS },
    ];
  } finally {
    await sandbox.stop();
  }
}
