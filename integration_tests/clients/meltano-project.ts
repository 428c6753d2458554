import { delimiter, join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { type Finished, lastLines, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../../test-support/python.ts';
import type { Target } from './singer-targets.ts';
import type { Stage } from './stage.ts';

/** The connector's plugin definitions: one for a tap on PATH, and one for the package. */
export const DEFINITION = join(ROOT, 'meltano', 'extractors', 'tap-compose.yml');
export const PACKAGE_DEFINITION = join(ROOT, 'meltano', 'extractors', 'tap-compose--pypi.yml');

const PAGE_SIZE = 10;

/** How a project gets the tap. */
interface Tap {
  definition: string;
  /** These folders precede those of PATH or, if `bare`, replace them. */
  path: readonly string[];
  bare?: true;
  env?: NodeJS.ProcessEnv;
}

/** Meltano's id for the state of the syncs into a target. */
export function stateId(target: Target): string {
  return `dev:tap-compose-to-${target.name}`;
}

interface SavedState {
  bookmarks: Record<string, { walk?: unknown[] }>;
}

/** A Meltano project in the stage's folder. `meltano add` adds its tap from a plugin definition. */
export class MeltanoProject {
  readonly #program: string;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  static async create(stage: Stage, targets: readonly Target[], tap: Tap): Promise<MeltanoProject> {
    const { sandbox, folder, file } = stage;
    // JSON is valid YAML. No target has a pip_url, so Meltano installs nothing and queries no hub.
    file('meltano.yml', {
      default_environment: 'dev',
      send_anonymous_usage_stats: false,
      environments: [{ name: 'dev' }],
      plugins: { loaders: targets.map(loader) },
    });
    const project = new MeltanoProject(join(await environment('meltano'), 'meltano'), folder, sandbox.baseUrl, tap);
    await project.output(['add', 'tap-compose', '--plugin-type', 'extractor', '--from-ref', tap.definition]);
    // Meltano writes the token to .env.
    await project.output(['config', 'set', 'tap-compose', 'platform.api_token', sandbox.token]);
    return project;
  }

  private constructor(program: string, folder: string, baseUrl: string, { path, bare, env }: Tap) {
    this.#program = program;
    this.#folder = folder;
    this.#env = {
      ...PYTHON_OPTIONS.env,
      PATH: [...path, ...(bare === true ? [] : [PYTHON_OPTIONS.env['PATH']])].join(delimiter),
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      XDG_STATE_HOME: join(folder, 'state'),
      TAP_COMPOSE_PLATFORM_NAME: 'compose',
      TAP_COMPOSE_PLATFORM_BASE_URL: baseUrl,
      TAP_COMPOSE_PLATFORM_PAGE_SIZE: String(PAGE_SIZE),
      ...env,
    };
  }

  call(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return run(this.#program, args, { ...PYTHON_OPTIONS, cwd: this.#folder, env: { ...this.#env, ...more } });
  }

  /** Returns a command's output. Throws unless the command exits with 0. */
  async output(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.call(args);
    if (exitCode === 0) return stdout;
    throw new Error(`meltano ${args.join(' ')} ended with ${exitCode}:\n${lastLines(stderr + stdout)}`);
  }

  /** Runs `meltano run` into these targets, in order. */
  async run(targets: readonly Target[], flags: readonly string[] = []): Promise<void> {
    await this.output(['run', ...flags, ...targets.flatMap(({ name }) => ['tap-compose', name])]);
  }

  /** The state from which the next sync into the target resumes. */
  async state(target: Target): Promise<SavedState> {
    const text = await this.output(['state', 'get', stateId(target)]);
    return (JSON.parse(text) as { singer_state: SavedState }).singer_state;
  }
}

function loader({ name, program, config }: Target): object {
  const kinds: Record<string, string> = { number: 'integer', boolean: 'boolean' };
  return {
    name,
    namespace: name.replaceAll('-', '_'),
    executable: program,
    settings: Object.entries(config).map(([key, value]) => ({ name: key, kind: kinds[typeof value] ?? 'string' })),
    config,
  };
}
