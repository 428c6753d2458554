import { check, type Check, type CheckContext, inEach } from './check.ts';
import type { CommandRun } from './command-run.ts';
import type { AcceptanceTests } from './config.ts';

type Status = AcceptanceTests['connection']['tests'][number]['status'];

/** Checks 22 to 24. */
export const connectionChecks: readonly Check[] = [
  connectionCheck(22, 'succeed', 'A config that works gives one CONNECTION_STATUS: SUCCEEDED.', (run) =>
    isStatus(run, 'SUCCEEDED'),
  ),
  connectionCheck(23, 'failed', 'A config that does not work gives one CONNECTION_STATUS: FAILED.', (run) =>
    isStatus(run, 'FAILED'),
  ),
  connectionCheck(24, 'exception', 'An outage gives one TRACE ERROR with a message.', ({ transcript }) => {
    const results = transcript.messages.filter(({ type }) => type === 'CONNECTION_STATUS' || type === 'TRACE');
    const [only] = results;
    const isError = only?.type === 'TRACE' && only.trace.type === 'ERROR' && results.length === 1;
    return isError ? [] : [`${results.length} results instead of one TRACE ERROR.`];
  }),
];

function connectionCheck(number: number, status: Status, sentence: string, find: (run: CommandRun) => string[]): Check {
  return check(number, `check_${status}`, sentence, (context) =>
    inEach(
      context.tests.connection.tests.filter((test) => test.status === status),
      async ({ config_path }) => {
        const run = await connect(context, config_path, status);
        return find(run).map((found) => `${config_path}: ${found}`);
      },
    ),
  );
}

async function connect(context: CheckContext, configPath: string, status: Status): Promise<CommandRun> {
  const files = { config: await context.file(configPath) };
  if (status !== 'exception') return context.run('check', files);
  return context.duringOutage(() => context.run('check', files, 'during an outage'));
}

function isStatus({ transcript }: CommandRun, due: 'SUCCEEDED' | 'FAILED'): string[] {
  const statuses = transcript.messages.flatMap((message) =>
    message.type === 'CONNECTION_STATUS' ? [message.connectionStatus.status] : [],
  );
  return statuses.length === 1 && statuses[0] === due ? [] : [`The statuses are: ${statuses.join(', ') || 'none'}.`];
}
