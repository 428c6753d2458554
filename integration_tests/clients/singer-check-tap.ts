import { join } from 'node:path';
import { type ConnectorOptions, runConnector } from '../../test-support/connector.ts';
import { lastLines, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { type ClientTest, type Stage, makeNews } from './stage.ts';

// singer-tools parses the tap's output with singer-python, and validates every record against its schema. The test
// doesn't use --tap, because singer-check-tap would then use its summary before the summary is complete.

export const singerCheckTap: ClientTest = {
  name: 'singer-check-tap',
  title: `singer-check-tap ${pinned('singer-tools', 'singer-tools')} with singer-python ${pinned('singer-tools', 'singer-python')}`,
  run: async (stage) => {
    const { sandbox } = stage;
    const first = await check(stage, 'first sync', []);
    await makeNews(sandbox);
    await check(stage, 'second sync, from the last state of the first', ['--state', stage.file('state.json', first)]);
    sandbox.setFaults([{ path: '/teams', kind: 'status', status: 403 }]);
    await check(stage, 'sync in which a stream fails', [], { exitCode: 1 });
    sandbox.setFaults([{ path: '/**', kind: 'nested', levels: 100 }]);
    await check(stage, 'sync with undeclared nested lists', []);
    sandbox.setFaults([]);
    await check(stage, 'stopped sync', [], {
      exitCode: null,
      killAfterLines: { lines: 200, signal: 'SIGTERM' },
    });
  },
};

/** Checks the output of a sync. Returns the last state that the tap printed. */
async function check(
  { report, folder, file, config }: Stage,
  what: string,
  args: readonly string[],
  { exitCode = 0, ...options }: ConnectorOptions & { exitCode?: number | null } = {},
): Promise<string> {
  const tap = await runConnector(['--config', file('config.json', config), ...args], {
    ...options,
    program: 'tap-compose',
  });
  if (tap.exitCode !== exitCode) report.fail(what, `exit code ${tap.exitCode}:\n${lastLines(tap.stderr)}`);
  const program = join(await environment('singer-tools'), 'singer-check-tap');
  const verdict = await run(program, [], { ...PYTHON_OPTIONS, cwd: folder, input: tap.stdout });
  const lines = tap.stdout.split('\n').slice(0, -1);
  const found = /It contained (\d+) messages for (\d+) streams/.exec(verdict.stdout);
  if (verdict.exitCode === 0 && Number(found?.[1]) === lines.length) report.pass(`${what}: ${found?.[0]}`);
  else report.fail(what, `${lines.length} lines\n${lastLines(verdict.stdout + verdict.stderr)}`);
  const states = lines.filter((line) => line.startsWith('{"type":"STATE"'));
  return JSON.stringify((JSON.parse(states.at(-1) ?? '{}') as { value?: object }).value ?? {});
}
