import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { streams } from '../../src/streams/index.ts';
import { environment } from './python-environments.ts';
import type { Stage } from './stage.ts';

/** The schema that the tables are made in. */
export const SCHEMA = 'compose';

/**
 * Writes a Meltano project: the tap, a target that appends to files in `out`, and one that merges into Postgres. No plugin
 * has a pip_url, and each has its program, so that Meltano installs nothing and asks no hub.
 */
export async function writeMeltanoProject(stage: Stage, postgresPort: number): Promise<void> {
  const adapter = fileURLToPath(new URL('tap_airbyte_0_0_2.py', import.meta.url));
  const python = join(await environment('tap-airbyte'), 'python');
  const tap = stage.file('tap-airbyte', `#!/bin/sh\nexec '${python}' '${adapter}' "$@"\n`);
  chmodSync(tap, 0o755);
  stage.file('out/.keep', '');
  const extractor = {
    name: 'tap-airbyte',
    namespace: 'tap_airbyte',
    executable: tap,
    capabilities: ['catalog', 'discover', 'state', 'about'],
    settings: [{ name: 'airbyte_config', kind: 'object' }],
    config: { airbyte_config: stage.config },
    // The tap does not see the cursor (it looks for `cursor_field`, not for `default_cursor_field`).
    metadata: Object.fromEntries(
      streams.flatMap(({ name, cursorField }) =>
        cursorField === undefined
          ? []
          : [[name, { 'replication-method': 'INCREMENTAL', 'replication-key': cursorField }]],
      ),
    ),
  };
  const jsonl = await loader('target-jsonl', { destination_path: 'out', do_timestamp_file: false });
  const postgres = await loader('target-postgres', {
    host: '127.0.0.1',
    port: postgresPort,
    user: 'postgres',
    password: 'any',
    database: 'postgres',
    default_target_schema: SCHEMA,
    load_method: 'upsert',
  });
  // JSON is YAML.
  stage.file('meltano.yml', {
    version: 1,
    default_environment: 'dev',
    send_anonymous_usage_stats: false,
    environments: [{ name: 'dev' }],
    plugins: { extractors: [extractor], loaders: [jsonl, postgres] },
  });
}

async function loader(name: 'target-jsonl' | 'target-postgres', config: Record<string, unknown>): Promise<object> {
  const kinds: Record<string, string> = { number: 'integer', boolean: 'boolean' };
  return {
    name,
    namespace: name.replace('-', '_'),
    executable: join(await environment(name), name),
    settings: Object.entries(config).map(([key, value]) => ({ name: key, kind: kinds[typeof value] ?? 'string' })),
    config,
  };
}
