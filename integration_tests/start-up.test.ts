import { expect, it, onTestFinished } from 'vitest';
import { type ProgramName, runConnector } from '../test-support/connector.ts';
import { Workspace } from '../test-support/workspace.ts';

/** When the program exits, prints to stderr how many bytes of code it loaded, and whether it loaded undici. */
const TELL_CODE = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  let bytes = 0;
  let undici = false;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url.startsWith('file:')) bytes += loaded.source?.length ?? 0;
      undici ||= loaded.source?.includes('undici.error.') === true;
      return loaded;
    },
  });
  process.on('exit', () => process.stderr.write(JSON.stringify({ bytes, undici })));
`)}`;

// The largest modules at startup are the HTTP client (1 MB), the config validation (200 KB) and the logger (120 KB).
it.each<[ProgramName, string, number, boolean]>([
  ['source-compose', 'spec', 5_000_000, false],
  ['source-compose', 'discover', 5_000_000, false],
  ['source-compose', 'check', 5_000_000, true],
  ['tap-compose', '--discover', 260_000, false],
  ['tap-compose', '--about', 150_000, false],
  ['tap-compose', '--version', 100_000, false],
  ['tap-compose', '--test', 5_000_000, true],
])('%s %s loads at most %i bytes of code (HTTP client loaded: %s)', async (program, command, most, undici) => {
  const workspace = new Workspace();
  onTestFinished(() => workspace.remove());
  const config = workspace.file('config.json', { api_token: 'token-0123456789', base_url: 'http://127.0.0.1:9' });
  const args = command === 'spec' ? [command] : [command, '--config', config];
  const { stderr } = await runConnector(args, { program, env: { NODE_OPTIONS: `--import ${TELL_CODE}` } });
  const told = JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as { bytes: number; undici: boolean };
  expect(told.undici).toBe(undici);
  expect(told.bytes).toBeGreaterThan(20_000);
  expect(told.bytes).toBeLessThan(most);
});

it.each(['source-compose', 'tap-compose'] as const)(
  '%s names the required Node.js version if the installed version is older',
  async (program) => {
    const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.19.0'})";
    const { exitCode, stdout, stderr } = await runConnector(['--help'], {
      program,
      env: { NODE_OPTIONS: `--import ${older}` },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(
      `${program} needs Node.js 22.20 or later, but is running on version 22.19.0. In a checkout, use "npx node" instead of "node"; elsewhere, update Node.js or install the Python package, which includes Node.js.\n`,
    );
  },
);
