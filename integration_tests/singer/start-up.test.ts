import { expect, it, onTestFinished } from 'vitest';
import { runConnector } from '../../test-support/connector.ts';
import { Workspace } from '../../test-support/workspace.ts';

/** Tells on stderr, when the program ends, how many bytes of code it loaded, and whether undici was among it. */
const TELL_CODE = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  let bytes = 0;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url.startsWith('file:')) bytes += loaded.source?.length ?? 0;
      return loaded;
    },
  });
  process.on('exit', () => process.stderr.write(JSON.stringify({
    bytes, undici: Symbol.for('undici.globalDispatcher.1') in globalThis,
  })));
`)}`;

// What takes longest at a start is the HTTP client (a megabyte), the checking of configs (200 KB) and the logger (120 KB).
it.each([
  ['--discover', 245_000, false],
  ['--about', 150_000, false],
  ['--version', 100_000, false],
  ['--test', 5_000_000, true],
])('%s loads at most %i bytes of code; the HTTP client: %s', async (mode, most, undici) => {
  const workspace = new Workspace();
  onTestFinished(() => workspace.remove());
  const config = workspace.file('config.json', { api_token: 'token-0123456789', base_url: 'http://127.0.0.1:9' });
  const { stderr } = await runConnector(['--config', config, mode], {
    program: 'tap-compose',
    env: { NODE_OPTIONS: `--import ${TELL_CODE}` },
  });
  const told = JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as { bytes: number; undici: boolean };
  expect(told.undici).toBe(undici);
  expect(told.bytes).toBeGreaterThan(20_000);
  expect(told.bytes).toBeLessThan(most);
});
