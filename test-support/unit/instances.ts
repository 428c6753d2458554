import type { Level } from '../../src/core/output/output.ts';
import type { Request } from '../../src/core/stream/request.ts';
import type { Row } from '../../src/core/record/row.ts';
import type { Api } from '../../src/platforms/platform.ts';

/** The account in all CRNs of this file. */
export const ACCOUNT = '0123456789abcdef0123456789abcdef';

/** The value of the header `Authorization`, with a token for the account. */
export const AUTHORIZATION = `Bearer a.${Buffer.from(JSON.stringify({ account: { bss: ACCOUNT } })).toString('base64url')}.b`;

export function guidOf(n: number): string {
  return `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function crnOf(n: number, service = 'databases-for-postgresql', region = 'us-south'): string {
  return `crn:v1:bluemix:public:${service}:${region}:a/${ACCOUNT}:${guidOf(n)}::`;
}

/** An inventory row (icd-api.md, 2.1). `more` overrides its fields. */
export function instanceRow(n: number, crn = crnOf(n), more: Row = {}): Row {
  const [, , , , service] = crn.split(':');
  return { id: crn, guid: guidOf(n), crn, name: `db-${n}`, state: 'active', resource_id: service, ...more };
}

export function gen1Row(n: number, more?: Row): Row {
  return instanceRow(n, crnOf(n), { resource_plan_id: 'databases-for-postgresql-standard', ...more });
}

export function gen2Row(n: number, dataservices?: Row, more?: Row): Row {
  const extensions = dataservices === undefined ? {} : { extensions: { dataservices } };
  return instanceRow(n, crnOf(n), {
    resource_plan_id: 'databases-for-postgresql-gen2-standard',
    ...extensions,
    ...more,
  });
}

/** An independent backup (icd-api.md, 2.4.2) of the deployment with this CRN. */
export function backupRow(n: number, source: string | undefined, more?: Row): Row {
  const backup = source === undefined ? {} : { source_data_service_crn: source };
  return instanceRow(n, crnOf(n, 'databases-independent-backups'), {
    resource_plan_id: 'databases-independent-backups-gen2-standard',
    extensions: { dataservices: { backup } },
    ...more,
  });
}

export interface TestApi extends Api {
  requests: Request[];
  /** The names of the streams that sent requests, in order. */
  owners: string[];
  /** The log, one `level sentence` per line. */
  logged: string[];
}

/**
 * An API that gets every response from `answer`, which returns a body or throws. `authorization` is the value of the header
 * `Authorization`.
 */
export function openApi(answer: (request: Request) => unknown, authorization = AUTHORIZATION): TestApi {
  const requests: Request[] = [];
  const owners: string[] = [];
  const logged: string[] = [];
  return {
    requests,
    owners,
    logged,
    async get(request, owner) {
      requests.push(request);
      owners.push(owner);
      // Yield, so that concurrent requests overlap.
      await Promise.resolve();
      return structuredClone(answer(request));
    },
    authorization: () => Promise.resolve(authorization),
    log: (level: Level, sentence) => void logged.push(`${level} ${sentence}`),
  };
}

/** The body of a page with these rows and, if `next` is set, a link to the next page. */
export function instancesBody(resources: readonly unknown[], next?: unknown): Row {
  return { rows_count: resources.length, next_url: next, resources };
}
