import { type OpenStream, openStream } from '../../src/core/retrieval/open-stream.ts';
import type { Request } from '../../src/core/stream/request.ts';
import type { Row } from '../../src/core/record/row.ts';
import { type Stream, keyFieldOf } from '../../src/core/stream/stream.ts';
import type { Session } from '../../src/core/reading/session.ts';
import { ibmCloudConfig } from '../../src/platforms/ibm-cloud/config.ts';
import { ibmCloud } from '../../src/platforms/ibm-cloud/ibm-cloud.ts';
import { INSTANCES } from '../../src/platforms/ibm-cloud/account/inventory.ts';
import { Accounts } from '../../src/platforms/ibm-cloud/account/accounts.ts';
import { refusal } from './fake-api.ts';
import { type TestApi, instancesBody, openApi } from './instances.ts';
import type { Printout } from './output.ts';
import { openRun, sendTo } from './reads.ts';

interface AccountData {
  instances?: readonly unknown[];
  /** Responses, the statuses of rejections, or errors to throw, by path suffix. All other paths get HTTP 404. */
  answers?: Record<string, unknown>;
  config?: object;
  state?: object;
  startedAt?: string;
}

/** An IBM Cloud stream that is ready to be read, and the read's output. */
export interface IbmRead {
  stream: OpenStream;
  api: TestApi;
  printed: Printout;
}

export function openIbmRead(definition: Stream<Accounts>, account: AccountData): IbmRead {
  const { instances = [], answers = {}, config = {}, state = {}, startedAt = '2026-11-26T00:00:00.000Z' } = account;
  const { run: usual, printed } = openRun({ startedAt });
  const api = openApi((request: Request) => {
    const { path } = request;
    if (path === INSTANCES) return instancesBody(instances);
    const [, answer] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? [];
    // The search finds every instance, but returns no tags.
    if (answer === undefined && path.endsWith('/search')) return { items: instances };
    if (answer === undefined || typeof answer === 'number') throw refusal(answer ?? 404, request);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const parsed = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'the-key', ...config });
  const run: Session<Accounts> = {
    ...usual,
    send: sendTo(api, usual.workers, usual.signal),
    terms: ibmCloud.terms.facts,
    shared: new Accounts(parsed, api),
    platform: 'ibm_cloud',
  };
  const stream = openStream({ definition, mode: 'incremental', state, where: 'The state' }, run);
  return { stream, api, printed };
}

/** All records of a stream, sorted by key. */
export async function ibmRows(definition: Stream<Accounts>, account: AccountData): Promise<Row[]> {
  const { stream, printed } = openIbmRead(definition, account);
  await stream.toEnd();
  const keyOf = (row: Row): string => String(row[keyFieldOf(definition)]);
  return printed.rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
