// The sandbox's data, requested without the connector.

const ADDRESS = 'http://127.0.0.1:8322';
const API_KEY = 'sandbox-key';

/** The primary keys that a full read must emit, sorted. */
export async function keysOf(stream: string): Promise<string[]> {
  const answer = await fetch(`${ADDRESS}/_sandbox/keys?stream=${stream}`);
  if (!answer.ok) throw new Error(`the sandbox responds with ${answer.status}`);
  return (await answer.text())
    .split('\n')
    .filter((key) => key !== '')
    .toSorted();
}

interface Usage {
  resources: Array<{ resource_instance_id: string; billable: boolean; usage: Array<{ cost: number }> }>;
  next?: { offset: string };
}

/** The total cost charged for databases in a month (docs/reference/icd-api.md, 2.5). */
export async function costOf(month: string): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: API_KEY });
  const { access_token } = await json<{ access_token: string }>(
    fetch(`${ADDRESS}/iam/identity/token`, { method: 'POST', body }),
  );
  const claims = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString();
  const { account } = JSON.parse(claims) as { account: { bss: string } };
  const headers = { authorization: `Bearer ${access_token}` };
  const path = `${ADDRESS}/billing/v4/accounts/${account.bss}/resource_instances/usage/${month}?_limit=200`;
  let cost = 0;
  let start: string | undefined = '';
  while (start !== undefined) {
    const page: Usage = await json<Usage>(fetch(`${path}${start && `&_start=${start}`}`, { headers }));
    const databases = page.resources.filter(
      ({ resource_instance_id: crn, billable }) => billable && /:(databases|messages)-for-/.test(crn),
    );
    for (const { usage } of databases) for (const metric of usage) cost += metric.cost;
    start = page.next?.offset;
  }
  return cost;
}

async function json<T>(asked: Promise<Response>): Promise<T> {
  const answer = await asked;
  if (!answer.ok) throw new Error(`the sandbox responds with ${answer.status}`);
  return (await answer.json()) as T;
}
