import { expect, it, onTestFinished } from 'vitest';
import { runConnector } from '../test-support/connector.ts';
import { Workspace } from '../test-support/workspace.ts';

/** Tells on stderr, when the program ends, whether it loaded undici, which leaves its dispatcher in the globals. */
const TELL_UNDICI =
  "data:text/javascript,process.on('exit',()=>process.stderr.write(String(Symbol.for('undici.globalDispatcher.1')in(globalThis))))";

it.each([
  ['spec', false],
  ['discover', false],
  ['check', true],
])('%s loads the HTTP client: %s, because it takes longer than all else at the start', async (command, loads) => {
  const workspace = new Workspace();
  onTestFinished(() => workspace.remove());
  const config = workspace.file('config.json', { api_token: 'token-0123456789', base_url: 'http://127.0.0.1:9' });
  const args = command === 'spec' ? [command] : [command, '--config', config];
  const { exitCode, stderr } = await runConnector(args, { env: { NODE_OPTIONS: `--import ${TELL_UNDICI}` } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: String(loads) });
});

it.each(['source-compose', 'tap-compose'] as const)(
  '%s says which Node.js it needs, if that is older',
  async (program) => {
    const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.19.0'})";
    const { exitCode, stdout, stderr } = await runConnector(['--help'], {
      program,
      env: { NODE_OPTIONS: `--import ${older}` },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(`${program} needs Node.js 22.20 or later; this is 22.19.0. Install a newer one.\n`);
  },
);
