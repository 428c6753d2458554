import { join } from 'node:path';
import { ROOT, programPath, startConnector } from '../../test-support/connector.ts';
import { start } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import type { Workspace } from '../../test-support/workspace.ts';
import type { Postgres } from '../clients/postgres.ts';
import { PythonClient } from '../clients/python-clients.ts';
import { openTargets } from '../clients/singer-targets.ts';
import { loadAsAirbyte } from './destination.ts';

/** The programs that load records into tables. `pyairbyte-duckdb` uses DuckDB, and all others use Postgres. */
export const WAREHOUSES = ['pyairbyte-duckdb', 'pyairbyte', 'airbyte', 'meltanolabs', 'pipelinewise'] as const;

type Warehouse = (typeof WAREHOUSES)[number];

export interface Source {
  platform: 'ibm_cloud' | 'compose';
  config: object;
  nodeOptions: string;
}

/** Marts that have no rows from Compose. */
export const OF_IBM_CLOUD = ['audit_coverage', 'database_costs', 'database_posture'] as const;

export const MARTS = [
  ...OF_IBM_CLOUD,
  'database_sizes_and_costs',
  'version_risks',
  'backup_compliance',
  'database_access',
  'change_log',
  'identities',
] as const;

/** Streams that no mart uses. */
const UNUSED = [
  'clusters',
  'datacenters',
  'deployments_addons',
  'deployments_alerts',
  'deployments_reclamations',
  'deployments_replicas',
];

export type Row = Readonly<Record<string, unknown>>;
export type Marts = Readonly<Record<(typeof MARTS)[number], Row[]>>;

/** A DuckDB file and a Postgres server, with a schema for each combination of loader and platform. */
export class Warehouses {
  readonly duckdb: string;
  readonly #workspace: Workspace;
  readonly #postgres: Postgres;
  readonly #session: PythonClient;
  /** The last state that each Singer target has printed, by schema. */
  readonly #states = new Map<string, string>();

  static async open(workspace: Workspace, postgres: Postgres): Promise<Warehouses> {
    const { folder } = workspace;
    const places = { AIRBYTE_PROJECT_DIR: folder, AIRBYTE_TEMP_DIR: folder, AIRBYTE_LOGGING_ROOT: join(folder, 'log') };
    const duckdb = join(folder, 'pyairbyte.duckdb');
    const args = [duckdb, String(postgres.port)];
    const env = { ...places, AIRBYTE_OFFLINE_MODE: '1' };
    const session = await PythonClient.start(workspace, '../dbt/session.py', args, env);
    return new Warehouses(workspace, postgres, session, duckdb);
  }

  private constructor(workspace: Workspace, postgres: Postgres, session: PythonClient, duckdb: string) {
    this.duckdb = duckdb;
    this.#workspace = workspace;
    this.#postgres = postgres;
    this.#session = session;
  }

  /** Syncs once with each loader, from its last state. Returns which loaders succeeded. */
  async sync(source: Source): Promise<Record<Warehouse, boolean>> {
    const { platform, config, nodeOptions } = source;
    const reading = [programPath(), `pyairbyte_${platform}`, config, UNUSED, nodeOptions];
    const [[duckdb = false, pyairbyte = false], airbyte, meltanolabs, pipelinewise] = await Promise.all([
      this.#session.ask<boolean[]>('sync', ...reading),
      this.#airbyte(source),
      this.#singer('meltanolabs', source),
      this.#singer('pipelinewise', source),
    ]);
    return { 'pyairbyte-duckdb': duckdb, pyairbyte, airbyte, meltanolabs, pipelinewise };
  }

  async #airbyte({ platform, config, nodeOptions }: Source): Promise<boolean> {
    const { folder } = this.#workspace;
    const file = this.#workspace.file('config.json', config);
    const read = { folder, schema: `airbyte_${platform}`, config: file, env: { NODE_OPTIONS: nodeOptions } };
    return (await loadAsAirbyte(read, this.#postgres)) === 0;
  }

  async #singer(loader: 'meltanolabs' | 'pipelinewise', { platform, config, nodeOptions }: Source): Promise<boolean> {
    const workspace = this.#workspace;
    const { folder } = workspace;
    const targets = await openTargets({ folder, file: (...given) => workspace.put(...given) }, this.#postgres);
    const target = targets.find((one) => one.config['default_target_schema'] === loader)!;
    const schema = `${loader}_${platform}`;
    const settings = { ...target.config, default_target_schema: schema, add_metadata_columns: true };
    const state = this.#states.get(schema);
    const known = state === undefined ? [] : ['--state', workspace.file('state.json', state)];
    const tap = startConnector(['--config', workspace.file('config.json', config), ...known], {
      program: 'tap-compose',
      stdout: 'leave',
      env: { NODE_OPTIONS: nodeOptions },
    });
    const loading = start(target.program, ['--config', workspace.file('target.json', settings)], {
      ...PYTHON_OPTIONS,
      cwd: folder,
      input: tap.child.stdout!,
    });
    const [read, loaded] = await Promise.all([tap.finished, loading.finished]);
    if (loaded.exitCode !== 0) throw new Error(loaded.stderr);
    const last = loaded.stdout.trimEnd().split('\n').at(-1) ?? '';
    if (last !== '') this.#states.set(schema, last);
    return read.exitCode === 0;
  }

  /** Runs dbt for a warehouse, and returns the marts' rows. Throws if anything fails. */
  async build(warehouse: Warehouse, command: 'build' | 'run', asOf: number): Promise<Marts> {
    const kind = warehouse === 'pyairbyte-duckdb' ? 'duckdb' : 'postgres';
    const loader = warehouse.replace('-duckdb', '');
    const schema = `marts_${loader}`;
    const vars = {
      as_of: new Date(asOf).toISOString(),
      platforms: ['ibm_cloud', 'compose'],
      ibm_cloud_schema: `${loader}_ibm_cloud`,
      compose_schema: `${loader}_compose`,
    };
    const project = join(ROOT, 'dbt');
    const folder = join(this.#workspace.folder, `dbt-${warehouse}`);
    const places = ['--project-dir', project, '--profiles-dir', project, '--target-path', folder, '--log-path', folder];
    // Unit tests don't depend on the loader, so they run once per database type. The command `run` builds only the marts and the models
    // that they use.
    const tests = warehouse.startsWith('pyairbyte') ? [] : ['--exclude-resource-type', 'unit_test'];
    const what = command === 'build' ? tests : ['--select', '+path:models/marts'];
    const args = ['--target', kind, ...places, '--vars', JSON.stringify(vars)];
    const failures = await this.#session.ask<string[]>('build', schema, [command, ...what], ...args);
    if (failures.length > 0) throw new Error(`dbt ${command} of ${warehouse}:\n${failures.join('\n')}`);
    return this.rows(kind, schema);
  }

  rows(kind: 'duckdb' | 'postgres', schema: string): Promise<Marts> {
    return this.#session.ask('rows', kind, schema, ...MARTS);
  }

  async execute(kind: 'duckdb' | 'postgres', statements: string): Promise<void> {
    if (kind === 'duckdb') await this.#session.ask('execute', statements);
    else await this.#postgres.run(this.#workspace.file('statements.sql', statements));
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
