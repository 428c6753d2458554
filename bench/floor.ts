import { once } from 'node:events';
import module from 'node:module';
import { Pool } from 'undici';

/**
 * The floor program does only the unavoidable work of reading audit events: it requests a page, parses it, prints its records in batches,
 * and follows the cursor. Unlike the connector, it doesn't validate or normalize records, keep state, or recover from failures.
 */
const BATCH_CHARACTERS = 32 * 1024;

interface Page {
  _embedded: { audit_events: Array<{ id: string; _links: unknown }> };
}

module.enableCompileCache();
const [baseUrl = '', token = '', pageSize = '100'] = process.argv.slice(2);
const { origin, pathname } = new URL(baseUrl);
const pool = new Pool(origin, { connections: 1 });
const headers = { authorization: `Bearer ${token}` };

for (let cursor = ''; ;) {
  const path = `${pathname}/audit_events?limit=${pageSize}${cursor}`;
  const { body } = await pool.request({ path, method: 'GET', headers });
  const rows = (JSON.parse(await body.text()) as Page)._embedded.audit_events;
  const last = rows.at(-1);
  if (last === undefined) break;
  const end = `,"emitted_at":${Date.now()}}}\n`;
  let batch = '';
  for (const row of rows) {
    // The connector doesn't print this field either.
    row._links = undefined;
    batch += `{"type":"RECORD","record":{"stream":"audit_events","data":${JSON.stringify(row)}${end}`;
    if (batch.length < BATCH_CHARACTERS) continue;
    process.stdout.write(batch);
    batch = '';
  }
  if (batch !== '') process.stdout.write(batch);
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  cursor = `&cursor=${last.id}`;
}
await pool.close();
