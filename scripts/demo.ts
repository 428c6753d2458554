import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT, buildIfNeeded } from './demo-build.ts';
import { runDemo } from './demo-run.ts';

// `npm run demo`: the whole way in one line. On Ctrl-C the program and the stand-in end before this does.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const stop = new AbortController();
let stoppedBy: (typeof SIGNALS)[number] | undefined;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    stoppedBy = signal;
    stop.abort();
  });
}

try {
  const good = await runDemo({
    program: await buildIfNeeded(),
    folder: join(ROOT, '.demo'),
    sandbox: { deployments: 12, recipes: 20, auditEvents: 20_000 },
    print: (text) => console.log(text),
    signal: stop.signal,
  });
  process.exitCode = good ? 0 : 1;
} catch (error) {
  if (stoppedBy === undefined)
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = stoppedBy === undefined ? 1 : 128 + constants.signals[stoppedBy];
}
