import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FLAGS, readCommandLine, usage } from './command-line.ts';
import { withDefaults } from './options.ts';

test('nothing at all is the defaults', () => {
  expect(readCommandLine([])).toEqual({ options: {}, json: false, exitWithStdin: false, help: false });
});

test.each(['--help', '-h'])('%s asks for the help', (flag) => {
  expect(readCommandLine([flag])).toMatchObject({ help: true });
});

test('there is a flag for every option', () => {
  expect(Object.values(FLAGS).toSorted()).toEqual(Object.keys(withDefaults()).toSorted());
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
  ['--prot 8080', "Unknown option '--prot'; did you mean --port?"],
  ['--audit-event=7', "Unknown option '--audit-event'; did you mean --audit-events?"],
  ['--faults {}', "Unknown option '--faults'; did you mean --fault?"],
  ['-x', "Unknown option '-x'"],
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

test('the help names every flag, what it means and its default', () => {
  for (const flag of Object.keys(FLAGS)) expect(usage()).toMatch(new RegExp(`--${flag} <.+>\\n +\\w.*`));
  expect(usage()).toMatch(/--max-limit <n>\n +.+ \(default: 100\)\n/);
  expect(usage()).toMatch(/--single-events <on\|off>\n +.+ \(default: on\)\n/);
  expect(usage()).toMatch(/--exit-with-stdin\n +\w/);
});

test('the README names every flag', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  for (const name of Object.keys(FLAGS)) expect(readme).toContain(`\`--${name}\``);
});
