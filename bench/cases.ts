import { DEPLOYMENT_REPORTS } from '../test-support/catalogs.ts';
import { type Row, figure, interleaved, measure, ratio, show } from './measure.ts';
import { connector, connectorRead, countRecords, floor, startSandboxProcess, tap, tapSync } from './programs.ts';

// Benchmarks of the connector. The comparison with another connector is in peer.ts.

export const PAGE_SIZE = 100;
const DEPLOYMENT_STREAMS = ['deployments', ...DEPLOYMENT_REPORTS];

const THROUGHPUT_EVENTS = 200_000;

/**
 * Compares the connector's elapsed time and CPU time for reading audit events with those of the floor program, which does only
 * the unavoidable work.
 */
export async function throughput(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': THROUGHPUT_EVENTS });
  try {
    const ours = { command: connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE }) };
    const singer = { command: await tapSync(sandbox, ['audit_events'], { page_size: PAGE_SIZE }) };
    const all = { command: connectorRead(sandbox, ['audit_events', ...DEPLOYMENT_STREAMS], {}) };
    const verify = { command: connector('verify', sandbox) };
    const results = await interleaved(
      { floor: { command: floor(sandbox, PAGE_SIZE) }, ours, singer, all, verify },
      runs,
    );
    const { records, bytes } = await countRecords(ours.command);
    const tapped = await countRecords(singer.command);
    for (const count of [records, tapped.records]) {
      if (count !== THROUGHPUT_EVENTS) throw new Error(`${count} of ${THROUGHPUT_EVENTS} events were read`);
    }
    const seconds = figure(results.ours.map(({ wallMs }) => wallMs / 1_000));
    return [
      {
        what: `Time for ${THROUGHPUT_EVENTS.toLocaleString('en')} events, × the floor`,
        value: show(ratio(results.ours, results.floor, 'wallMs')),
        goal: '≤ 1.15',
      },
      {
        what: 'CPU time for the same events, × the floor',
        value: show(ratio(results.ours, results.floor, 'cpuMs')),
        goal: '≤ 1.15',
      },
      {
        what: 'Time for the same events with `tap-compose`, × the floor',
        value: show(ratio(results.singer, results.floor, 'wallMs')),
        goal: '≤ 1.15',
      },
      {
        what: 'Time of `verify`, × a read',
        value: show(ratio(results.verify, results.all, 'wallMs')),
        goal: '≤ 1.1',
      },
      {
        what: 'Peak memory of `verify`, × a read',
        value: show(ratio(results.verify, results.all, 'peakMb')),
        goal: '≤ 1.1',
      },
      {
        what: 'Records per second',
        value: Math.round(THROUGHPUT_EVENTS / seconds.median).toLocaleString('en'),
        goal: '',
      },
      { what: 'MB per second', value: (bytes / 1e6 / seconds.median).toFixed(0), goal: '' },
    ];
  } finally {
    await sandbox.stop();
  }
}

/** Compares each command's elapsed time with that of a node process that does nothing. */
export async function startUp(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': 10 });
  try {
    const results = await interleaved(
      {
        bare: { command: [process.execPath, '-e', '0'] },
        spec: { command: connector('spec') },
        discover: { command: connector('discover', sandbox) },
        check: { command: connector('check', sandbox) },
        'tap-compose --discover': { command: tap('--discover', sandbox) },
        'tap-compose --about': { command: tap('--about', sandbox) },
      },
      runs * 4,
    );
    const row = (name: Exclude<keyof typeof results, 'bare'>, goal: string): Row => ({
      what: `\`${name}\`, × \`node -e 0\``,
      value: `${show(ratio(results[name], results.bare, 'wallMs'))}, ${figure(results[name].map(({ wallMs }) => wallMs)).median.toFixed(0)} ms`,
      goal,
    });
    return [
      row('spec', '≤ 1.3'),
      row('discover', ''),
      row('check', ''),
      row('tap-compose --discover', '≤ 2'),
      row('tap-compose --about', '≤ 2'),
    ];
  } finally {
    await sandbox.stop();
  }
}

const MEMORY_EVENTS = 1_000_000;
/**
 * A command that reads at most 5 MB per second. NODE_OPTIONS is empty, because the reader would otherwise overwrite the measured program's
 * usage.
 */
const SLOW_READER = `NODE_OPTIONS= node -e '
let taken = 0; const began = performance.now();
process.stdin.on("data", (chunk) => {
  taken += chunk.length;
  const early = taken / 5000 - (performance.now() - began);
  if (early > 20) { process.stdin.pause(); setTimeout(() => process.stdin.resume(), early); }
});'`;

/** Measures the peak resident memory while a fast or slow reader consumes a million events. */
async function memoryOfEvents(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ 'audit-events': MEMORY_EVENTS });
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
          what: `Peak memory over ${MEMORY_EVENTS.toLocaleString('en')} events${reader}, × the floor`,
          value: show(ratio(results.ours, results.floor, 'peakMb')),
          goal: '≤ 1.35',
        },
        { what: `Peak memory in MB${reader}`, value: show(peak, 0), goal: '< 160' },
      ];
    });
  } finally {
    await sandbox.stop();
  }
}

async function memoryOfDeployments(runs: number): Promise<Row> {
  const few = await startSandboxProcess({ deployments: 1_000 });
  const many = await startSandboxProcess({ deployments: 5_000 });
  try {
    const results = await interleaved(
      {
        few: { command: connectorRead(few, DEPLOYMENT_STREAMS, {}) },
        many: { command: connectorRead(many, DEPLOYMENT_STREAMS, {}) },
      },
      runs,
    );
    return {
      what: 'Peak memory at 5,000 deployments, × that at 1,000',
      value: show(ratio(results.many, results.few, 'peakMb')),
      goal: '≤ 1.5',
    };
  } finally {
    await few.stop();
    await many.stop();
  }
}

export async function memory(runs: number): Promise<Row[]> {
  return [...(await memoryOfEvents(runs)), await memoryOfDeployments(runs)];
}

const DEPLOYMENTS = 100;
const LATENCY_MS = 40;
const WORKERS = 16;

/** Compares the time for many requests to a slow API with the minimum: requests / workers × latency. */
export async function waiting(runs: number): Promise<Row[]> {
  const sandbox = await startSandboxProcess({ deployments: DEPLOYMENTS, 'latency-ms': LATENCY_MS });
  try {
    const command = connectorRead(sandbox, DEPLOYMENT_STREAMS, {
      num_workers: WORKERS,
      // With this option, each deployment requires nine requests, including one for its details.
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
        what: `${requests} requests of ${LATENCY_MS} ms by ${WORKERS} workers, × the minimum time`,
        value: show(figure(ours.map(({ wallMs }) => wallMs / ideal))),
        goal: '≤ 1.25',
      },
      { what: 'Maximum requests in flight', value: String(after.maxInFlight), goal: `≤ ${WORKERS}` },
    ];
  } finally {
    await sandbox.stop();
  }
}

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
        what: `µs per record at ${events.toLocaleString('en')} events`,
        value: micros.toFixed(1),
        goal: 'not growing',
      });
    } finally {
      await sandbox.stop();
    }
  }
  return rows;
}

const COUNTED_EVENTS = 5_000;
const COUNTED_WORKERS = 8;

/** Checks the numbers of records, requests and concurrent requests, which don't depend on the machine. */
export async function counts(): Promise<Array<{ what: string; ok: boolean }>> {
  const sandbox = await startSandboxProcess({ 'audit-events': COUNTED_EVENTS, deployments: 20, 'latency-ms': 2 });
  try {
    const expected = await sandbox.counts();
    const events = await countRecords(connectorRead(sandbox, ['audit_events'], { page_size: PAGE_SIZE }));
    const pages = (await sandbox.stats()).requests;
    const reports = await countRecords(connectorRead(sandbox, DEPLOYMENT_STREAMS, { num_workers: COUNTED_WORKERS }));
    const { requests, maxInFlight } = await sandbox.stats();
    const reportRecords = DEPLOYMENT_STREAMS.reduce((sum, name) => sum + (expected[name] ?? 0), 0);
    const reportRequests = 1 + 20 * (DEPLOYMENT_STREAMS.length - 1);
    const equal = (what: string, found: number, wanted: number): { what: string; ok: boolean } => ({
      what: `${what}: ${found} of ${wanted}`,
      ok: found === wanted,
    });
    return [
      equal('audit events read', events.records, COUNTED_EVENTS),
      // One additional request returns the empty last page, and another verifies that the list ends there.
      equal('requests for these events', pages, COUNTED_EVENTS / PAGE_SIZE + 2),
      equal('deployment records read', reports.records, reportRecords),
      equal('requests for these records', requests - pages, reportRequests),
      {
        what: `maximum requests in flight: ${maxInFlight} of ${COUNTED_WORKERS} allowed`,
        ok: maxInFlight <= COUNTED_WORKERS,
      },
    ];
  } finally {
    await sandbox.stop();
  }
}
