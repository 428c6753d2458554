import { constants } from 'node:os';
import { resolve } from 'node:path';
import { ROOT, buildIfNeeded } from '../test-support/connector.ts';
import { readFlags } from '../test-support/flags.ts';
import { composeDemo, ibmCloudDemo } from './demo-platforms.ts';
import { runDemo } from './demo-run.ts';

// Runs `npm run demo`. After Ctrl-C, the program and the sandbox end before this process does.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { folder, 'audit-events': auditEvents } = readFlags(
  'demo',
  'Runs all four commands against a sandbox of each platform, and compares the records with the sandbox.',
  {
    folder: { value: 'FOLDER', meaning: 'the folder for the output of the commands', default: '.demo' },
    'audit-events': { value: 'N', meaning: 'how many audit events the Compose sandbox has', default: '20000' },
  },
);
if (!/^\d{1,8}$/.test(auditEvents)) {
  console.error('--audit-events must be a whole number of at most eight digits.');
  process.exit(2);
}

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
    folder: resolve(ROOT, folder),
    platforms: [
      ibmCloudDemo({ deployments: 12, gen2Deployments: 8 }),
      composeDemo({ deployments: 12, recipes: 20, auditEvents: Number(auditEvents) }),
    ],
    print: (text) => console.log(text),
    signal: stop.signal,
  });
  process.exitCode = good ? 0 : 1;
} catch (error) {
  if (stoppedBy === undefined)
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = stoppedBy === undefined ? 1 : 128 + constants.signals[stoppedBy];
}
