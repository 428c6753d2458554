import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { FLAGS } from './flags.ts';
import { withDefaults } from './options.ts';

test('nothing at all is the defaults', () => {
  expect(readCommandLine([])).toEqual({ options: {}, json: false, exitWithStdin: false, help: false });
});

test('there is a flag for every option', () => {
  const options = Object.values(FLAGS).map((flag) => flag.option);
  expect(options.toSorted()).toEqual(Object.keys(withDefaults()).toSorted());
});

test('flags become options', () => {
  const args = '--port 80 --host ::1 --seed=7 --cursor inclusive --single-events off --audit-events 1000000 --json';
  const fault = { path: '/teams', kind: 'hang' };
  expect(
    readCommandLine([...args.split(' '), '--fault', JSON.stringify(fault), '--fault', JSON.stringify(fault)]),
  ).toEqual({
    options: {
      port: 80,
      host: '::1',
      seed: 7,
      cursor: 'inclusive',
      singleEvents: false,
      auditEvents: 1_000_000,
      faults: [fault, fault],
    },
    json: true,
    exitWithStdin: false,
    help: false,
  });
});

test.each([
  ['--nope', "Unknown option '--nope'"],
  ['--port x', '--port must be a whole number from 0 to 65535'],
  ['--port 65536', '--port must be a whole number from 0 to 65535'],
  ['--cursor upwards', '--cursor must be one of exclusive, inclusive, ignored'],
  ['--fault {', '--fault must be a fault as JSON'],
  ['stray', "Unexpected argument 'stray'"],
  ['--future-events 1201', 'futureEvents must not exceed auditEvents'],
])('%s is refused in one line', (args, problem) => {
  const read = readCommandLine(args.split(' '));
  expect(read).toContain(problem);
  expect(read).not.toContain('\n');
});

test('the README names every flag', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  for (const name of Object.keys(FLAGS)) expect(readme).toContain(`\`--${name}\``);
});
