import { constants } from 'node:os';
import { buildIfNeeded } from '../../test-support/connector.ts';
import { readFlags } from '../../test-support/flags.ts';
import { imageTests, strictParser } from './airbyte-cdk.ts';
import { ibmClients } from './ibm-clients.ts';
import { meltano } from './meltano.ts';
import { pyAirbyte, pyAirbyteImage, serverless } from './python-clients.ts';
import { Report } from './report.ts';
import { singerCheckTap } from './singer-check-tap.ts';
import { singerPipes } from './singer-pipes.ts';
import { play } from './stage.ts';

// `npm run test:clients` runs the built program and its image with the clients that README.md describes.

const TESTS = [
  pyAirbyte,
  pyAirbyteImage,
  imageTests,
  strictParser,
  serverless,
  meltano,
  singerCheckTap,
  singerPipes,
  ibmClients,
];
const NAMES = TESTS.map(({ name }) => name);

const flags = readFlags(
  'test:clients',
  'Runs the connector with real clients. Requires Python, Docker and PostgreSQL.',
  {
    only: { value: 'NAMES', meaning: 'the clients to run, separated by commas', default: NAMES.join(',') },
    keep: { meaning: "keep each client's folder, and print its path" },
  },
);
const only = flags.only.split(',');
const unknown = only.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`unknown client ${unknown.join(', ')}; the clients are ${NAMES.join(', ')}`);
  process.exit(2);
}

// Exit handlers clean up, so they must also run when a signal stops this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

const report = new Report((line) => console.log(line));
report.say(await buildIfNeeded());
for (const test of TESTS.filter(({ name }) => only.includes(name))) await play(test, report, flags.keep);
console.log(`\n${report.tally}`);
process.exitCode = report.anyFailed ? 1 : 0;
