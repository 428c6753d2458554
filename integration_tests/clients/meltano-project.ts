import { delimiter, join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { blockOf, pageOf } from '../../test-support/pages.ts';
import { type Finished, lastLines, outputOf, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../../test-support/python.ts';
import type { Target } from './singer-targets.ts';
import type { Stage } from './stage.ts';
import { pythonMachine, wheelEnv } from './wheel.ts';

const PAGE = pageOf('docs/meltano.md');

const PAGE_SIZE = 10;

interface SavedState {
  bookmarks: Record<string, { walk?: unknown[] }>;
}

/** A Meltano project in the stage's folder, on a machine without Node.js or Docker. */
export class MeltanoProject {
  readonly #program: string;
  readonly #folder: string;
  readonly #target: Target;
  readonly #env: NodeJS.ProcessEnv;

  /** Creates a project, and adds the tap's Python package as described in docs/meltano.md. */
  static async create(stage: Stage, target: Target): Promise<MeltanoProject> {
    const { sandbox, folder, file } = stage;
    // JSON is valid YAML. Without a pip_url for the target, Meltano installs only the tap and queries no hub.
    file('meltano.yml', {
      default_environment: 'dev',
      send_anonymous_usage_stats: false,
      environments: [{ name: 'dev' }],
      plugins: { loaders: [loader(target)] },
    });
    const bin = await environment('meltano');
    const project = new MeltanoProject(join(bin, 'meltano'), folder, target, {
      ...PYTHON_OPTIONS.env,
      ...(await wheelEnv()),
      PATH: [bin, await pythonMachine(stage)].join(delimiter),
      COMPOSE_API_TOKEN: sandbox.token,
      MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
      XDG_STATE_HOME: join(folder, 'state'),
      TAP_COMPOSE_PLATFORM_PAGE_SIZE: String(PAGE_SIZE),
    });
    const add = blockOf(PAGE, 'export UV_FIND_LINKS').replaceAll(/(\$PWD\/)?\.\.\/source-compose/g, ROOT);
    await project.#type(add);
    const configure = blockOf(PAGE, 'meltano config set tap-compose platform.name compose');
    await project.#type(configure.replace('https://compose.example.com/2016-07', sandbox.baseUrl));
    return project;
  }

  private constructor(program: string, folder: string, target: Target, env: NodeJS.ProcessEnv) {
    this.#program = program;
    this.#folder = folder;
    this.#target = target;
    this.#env = env;
  }

  async #type(script: string): Promise<void> {
    await outputOf('sh', ['-ec', script], { ...PYTHON_OPTIONS, cwd: this.#folder, env: this.#env });
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

  async run(flags: readonly string[] = []): Promise<void> {
    await this.output(['run', ...flags, 'tap-compose', this.#target.name]);
  }

  /** Meltano's id for the state from which the next sync resumes. */
  get stateId(): string {
    return `dev:tap-compose-to-${this.#target.name}`;
  }

  async state(): Promise<SavedState> {
    const text = await this.output(['state', 'get', this.stateId]);
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
