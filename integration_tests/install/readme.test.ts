import { globSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import spec from '../../spec.json' with { type: 'json' };
import { composeConfig } from '../../test-support/configs.ts';
import { ROOT } from '../../test-support/connector.ts';
import { blockOf, commandsIn, pageOf, sectionOf } from '../../test-support/pages.ts';
import { outputOf } from '../../test-support/processes.ts';
import { startSandboxCommand } from '../../test-support/sandbox-command.ts';
import { contentsOf, firstOf, messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { HOST_NETWORK, IMAGE, dockerOutput } from '../container/docker.ts';
import { linesOf } from '../singer/transcript.ts';
import { bareMachine, onPath } from './bare-machine.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';

// Runs the README's commands as written, except `docker pull`. A local repository replaces GitHub, the wheel's folder
// replaces PyPI, and a server with the tarball replaces npm's registry.

const README = pageOf('README.md');
const INSTALL = sectionOf(README, 'Install');
const RUNNING = pageOf('docs/running.md');

interface Line {
  today: string;
  released: string;
  run: string;
}

/** The three commands in the README table's row that starts with `beginning`. */
function lineOf(beginning: string): Line {
  const row = INSTALL.split('\n').find((line) => line.startsWith(`| ${beginning}`)) ?? '';
  const [today, released, run, ...others] = [...row.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  if (today === undefined || released === undefined || run === undefined || others.length > 0) {
    throw new Error(`The README's table has no three lines for ${beginning}`);
  }
  return { today, released, run };
}

let sandbox: Sandbox;
let registry: NpmRegistry;
/** The folder in which `rowsOf` runs commands. It contains a config. */
let place: Workspace;

beforeAll(async () => {
  sandbox = await startSandbox({ auditEvents: 30, deployments: 2 });
  registry = await startNpmRegistry(inject('artifacts').tarball);
  place = new Workspace('readme').openToAll();
  place.put('secrets/config.json', composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl }));
});
afterAll(async () => {
  await sandbox.close();
  await registry.close();
  place.remove();
});

const bash = (line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> =>
  outputOf(onPath('bash'), ['-e', '-c', line], { cwd, env, timeoutMs: 170_000 });

/** Runs a command in the folder with the config, and counts the records in its output. */
async function rowsOf(line: string, path: string): Promise<number> {
  const printed = await bash(line, place.folder, { PATH: path, HOME: place.folder });
  return linesOf(printed).lines.filter(({ message }) => message?.type === 'RECORD').length;
}

/** Expects the output to end with the message that `spec` prints. npm prints its own lines before this message. */
function expectSpec(printed: string): void {
  expect(firstOf(messagesOf(printed.slice(printed.indexOf('{"type":'))), 'SPEC').spec).toEqual(spec);
}

const allRows = (): number => Object.values(sandbox.counts()).reduce((sum, count) => sum + count, 0);
const before = (...folders: string[]): string => [...folders, process.env['PATH']].join(delimiter);

test("four commands, starting with git clone, print the sandbox's records", async () => {
  const section = sectionOf(README, 'Try it without an account');
  const [clone = '', build = '', sandboxCommand = '', read = '', ...others] = commandsIn(section).flatMap((block) =>
    block.trim().split('\n'),
  );
  expect(others).toEqual([]);
  const env = {
    ...process.env,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${ROOT}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/source-compose/source-compose.git',
  };
  await bash(clone, place.folder, env);
  const checkout = join(place.folder, 'source-compose');
  await bash(build, checkout, process.env);
  const stop = await startSandboxCommand(sandboxCommand, checkout);
  try {
    const printed = await bash(read, checkout, process.env);
    expect(contentsOf(messagesOf(printed)).records.get('deployments')?.length).toBeGreaterThan(0);
  } finally {
    await stop();
  }
});

describe('installation with Python', () => {
  const { today, released, run } = lineOf('Python 3.10');

  test.each([
    ['from the checkout', today],
    ['from PyPI', released],
  ])('two commands install the wheel %s and print records', async (when, install) => {
    const venv = join(place.folder, `venv-${when}`.replaceAll(' ', '-'));
    await outputOf('python3', ['-m', 'venv', venv]);
    const bin = join(venv, 'bin');
    const isToday = install === today;
    const env = { ...process.env, PIP_FIND_LINKS: isToday ? '' : inject('artifacts').wheels };
    await bash(install, isToday ? ROOT : place.folder, { ...env, PATH: before(bin) });
    expect(await rowsOf(run, bin)).toBe(allRows());
  });

  test('the commands of docs/running.md install the wheel', async () => {
    const venv = join(place.folder, 'venv-running');
    await outputOf('python3', ['-m', 'venv', venv]);
    const env = { ...process.env, PATH: before(join(venv, 'bin')) };
    expectSpec(await bash(blockOf(RUNNING, 'pip install dist-wheel'), ROOT, env));
  });
});

describe('installation with Node.js', () => {
  const { today, released, run } = lineOf('Node.js 22.20');

  test('two commands install the npm package from the checkout and print records', async () => {
    const prefix = join(place.folder, 'npm-today');
    await bash(today, ROOT, { ...process.env, npm_config_prefix: prefix });
    for (const tarball of globSync(join(ROOT, 'source-compose-*.tgz'))) rmSync(tarball);
    const machine = bareMachine(prefix, process.execPath);
    expect(await rowsOf(run, [join(prefix, 'bin'), machine].join(delimiter))).toBe(allRows());
  });

  test('the commands of docs/running.md install the npm package', async () => {
    const prefix = join(place.folder, 'npm-running');
    const env = { ...process.env, npm_config_prefix: prefix, PATH: before(join(prefix, 'bin')) };
    const printed = await bash(blockOf(RUNNING, 'npm pack'), ROOT, env);
    for (const tarball of globSync(join(ROOT, 'source-compose-*.tgz'))) rmSync(tarball);
    expectSpec(printed);
  });

  test('two commands install the npm package from a registry without other packages and print records', async () => {
    const prefix = join(place.folder, 'npm-released');
    const machine = bareMachine(prefix, process.execPath);
    const npmEnv = { npm_config_registry: registry.url, npm_config_prefix: prefix };
    await bash(released, place.folder, { ...npmEnv, PATH: machine, HOME: prefix });
    expect(await rowsOf(run, [join(prefix, 'bin'), machine].join(delimiter))).toBe(allRows());
  });

  test('npx runs the program without installing it', async () => {
    const [, line = ''] = /`(npx [^`]+)`/.exec(INSTALL) ?? [];
    const folder = join(place.folder, 'npx');
    const machine = bareMachine(folder, process.execPath);
    const env = { npm_config_registry: registry.url, npm_config_yes: 'true', PATH: machine, HOME: folder };
    expectSpec(await bash(line, folder, env));
  });
});

describe('installation with Docker', () => {
  const { today, released, run } = lineOf('Docker');
  const image = released.split(' ').at(-1) ?? '';

  test('two commands build the image and print records', async () => {
    expect(today).toBe(`docker build -t ${image} .`);
    // Setup has already built the image, with the arguments that this network requires.
    await dockerOutput(['tag', IMAGE, image]);
    try {
      expect(await rowsOf(run, before(HOST_NETWORK))).toBe(allRows());
    } finally {
      await dockerOutput(['rmi', image]);
    }
  });
});
