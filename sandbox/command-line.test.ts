import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { flagsOf, readCommandLine, usage } from './command-line.ts';
import { PLATFORM_NAMES, withDefaults, withIbmCloudDefaults } from './options.ts';

test('without flags, every option has its default value', () => {
  expect(readCommandLine([])).toEqual({
    options: {},
    configFile: undefined,
    json: false,
    exitWithStdin: false,
    help: false,
  });
});

test.each(['--help', '-h'])('%s prints the help', (flag) => {
  expect(readCommandLine([flag])).toMatchObject({ help: true });
});

test.each([
  ['compose', withDefaults()],
  ['ibm_cloud', withIbmCloudDefaults()],
] as const)('every option of %s has a flag', (platform, options) => {
  const flags = { ...flagsOf('every'), ...flagsOf(platform) };
  expect(Object.values(flags).toSorted()).toEqual(Object.keys(options).toSorted());
});

test('each platform accepts its own flags', () => {
  const args = '--platform ibm_cloud --deployments 20 --token-life 60 --missing-roles billing,logs';
  expect(readCommandLine(args.split(' '))).toMatchObject({
    options: { platform: 'ibm_cloud', deployments: 20, tokenLife: 60, missingRoles: ['billing', 'logs'] },
  });
});

test('flags are parsed into options', () => {
  const args = '--port 80 --host ::1 --seed=7 --cursor inclusive --audit-events 1000000 --json --config x.json';
  const fault = { path: '/teams', kind: 'hang' };
  expect(
    readCommandLine([...args.split(' '), '--fault', JSON.stringify(fault), '--fault', JSON.stringify(fault)]),
  ).toEqual({
    options: { port: 80, host: '::1', seed: 7, cursor: 'inclusive', auditEvents: 1_000_000, faults: [fault, fault] },
    configFile: 'x.json',
    json: true,
    exitWithStdin: false,
    help: false,
  });
});

test.each([
  ['--nope', "Unknown option '--nope'"],
  ['--prot 8080', "Unknown option '--prot'; did you mean --port?"],
  ['--faults {}', "Unknown option '--faults'; did you mean --fault?"],
  ['--port 65536', '--port must be a whole number from 0 to 65535'],
  ['--cursor upwards', '--cursor must be one of exclusive, inclusive, ignored'],
  ['--fault {', '--fault must be a fault as JSON'],
  ['--config=', '--config must be the path of a file'],
  ['stray', "Unexpected argument 'stray'"],
  ['--platform heroku', '--platform must be one of compose, ibm_cloud'],
  ['--token-life 60', '--token-life is not a flag for the platform compose'],
  ['--platform ibm_cloud --now yesterday', '--now must be a time such as'],
  ['--platform ibm_cloud --missing-roles billing,cook', '--missing-roles must be some of'],
  ['--future-events 1201', 'futureEvents must not exceed auditEvents'],
])('%s is rejected with a one-line message', (args, problem) => {
  const read = readCommandLine(args.split(' '));
  expect(read).toContain(problem);
  expect(read).not.toContain('\n');
});

test('the help lists every flag with its meaning and default', () => {
  for (const flag of (['every', ...PLATFORM_NAMES] as const).flatMap((platform) => Object.keys(flagsOf(platform)))) {
    expect(usage()).toMatch(new RegExp(`--${flag} <.+>\\n +\\w.*`));
  }
  expect(usage()).toMatch(/--max-limit <n>\n +.+ \(default: 100\)\n/);
  expect(usage()).toMatch(/--exit-with-stdin\n +\w/);
});

test.each([
  ['README.md', 'every'],
  ['README.md', 'compose'],
  ['ibm-cloud/README.md', 'ibm_cloud'],
] as const)('%s lists every flag in the group %s', async (page, platform) => {
  const readme = await readFile(new URL(page, import.meta.url), 'utf8');
  for (const name of Object.keys(flagsOf(platform))) expect(readme).toContain(`\`--${name}\``);
});
