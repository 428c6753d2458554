import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../../scripts/demo-build.ts';
import { imageTests } from './image-tests.ts';
import { meltano } from './meltano.ts';
import { pyAirbyte, pyAirbyteImage } from './pyairbyte.ts';
import { Report } from './report.ts';
import { serverless } from './serverless.ts';
import { play } from './stage.ts';
import { strictParser } from './strict-parser.ts';

// npm run test:clients [-- --only pyairbyte,meltano] [-- --keep]
// The built program and its image under the programs that people run them with. README.md tells about each.

const TESTS = [pyAirbyte, pyAirbyteImage, imageTests, strictParser, meltano, serverless];
const NAMES = TESTS.map(({ name }) => name);

const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'boolean', default: false } } });
const only = values.only?.split(',') ?? NAMES;
const unknown = only.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`there is no client ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);
  process.exit(2);
}

// What is cleared away at the end is cleared away when it is stopped, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

const report = new Report((line) => console.log(line));
report.say(await buildIfNeeded());
for (const test of TESTS.filter(({ name }) => only.includes(name))) await play(test, report, values.keep);
console.log(`\n${report.tally}`);
process.exitCode = report.anyFailed ? 1 : 0;
