import { expect, test } from 'vitest';
import { freePort } from '../../test-support/free-port.ts';
import { outputOf } from '../../test-support/processes.ts';
import { STRANGER } from './accounts.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';

interface Task {
  rendered_map_index: string | null;
  state: string;
  try_number: number;
}

test('Airflow reads each account in a task, and retries killed tasks but not accounts that it cannot read', async () => {
  const port = String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const scheduler = await startScheduler('airflow', {
    accounts: 3,
    delay: ['minutes=5', 'seconds=1'],
    env: {
      AIRFLOW__API__PORT: port,
      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${origin}/execution/`,
      AIRFLOW__CORE__PARALLELISM: '4',
      // In the first six minutes of an hour, Airflow would also start that hour's run.
      AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE: 'False',
      // By default, a task fails if the server takes longer than five seconds to respond.
      AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: '120',
    },
  });
  try {
    const call = await logIn(scheduler, origin);
    const start = (): Promise<Response> => call('dagRuns', { logical_date: null });
    const response = await scheduler.until(async () => {
      const answer = await start();
      return answer.ok && answer;
    });
    const { dag_run_id: run } = (await response.json()) as { dag_run_id: string };

    const [first = '', second = '', third = ''] = scheduler.accounts.ids;
    process.kill(await scheduler.hangingRead(first), 'SIGKILL');
    const read = await scheduler.hangingRead(second);
    const task = await outputOf('ps', ['-o', 'ppid=', '-p', String(read)]);
    process.kill(Number(task), 'SIGKILL');
    process.kill(read, 'SIGKILL');
    scheduler.accounts.release();

    const tasks = await scheduler.until(async () => {
      const { task_instances: all } = (await (await call(`dagRuns/${run}/taskInstances`)).json()) as {
        task_instances: Task[];
      };
      return all.every(({ state }) => ['success', 'failed', 'upstream_failed'].includes(state)) && all;
    });
    const ends = tasks.map(({ rendered_map_index: account, state, try_number: tries }) => [account, state, tries]);
    expect(ends.toSorted()).toEqual(
      [
        [null, 'success', 1],
        [first, 'success', 2],
        [second, 'success', 2],
        [third, 'success', 1],
        [STRANGER, 'failed', 1],
      ].toSorted(),
    );
    for (const id of [first, second, third]) await scheduler.accounts.expectAll(id, scheduler.recordsOf(id));
  } finally {
    await scheduler.close();
  }
});

/** Waits for the server. Returns a function that sends requests about the DAG. */
async function logIn(
  scheduler: Scheduler,
  origin: string,
): Promise<(path: string, body?: object) => Promise<Response>> {
  const { access_token: token } = await scheduler.until(async () => {
    const response = await fetch(`${origin}/auth/token`).catch(() => undefined);
    return response?.ok === true && ((await response.json()) as { access_token: string });
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return (path, body) =>
    fetch(`${origin}/api/v2/dags/read_accounts/${path}`, {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
}
