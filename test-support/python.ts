import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './connector.ts';
import { outputOf, run } from './processes.ts';

/** The folder for Python environments and compiled files. It is kept between runs, and Git ignores it. */
const KEPT = join(ROOT, '.venv', 'clients');

// The connector's shebang line runs node through `env`, so put the project's node first on PATH.
const PYTHON_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  PYTHONPYCACHEPREFIX: join(KEPT, 'compiled'),
  PYTHONWARNINGS: 'ignore',
  NO_COLOR: '1',
  DO_NOT_TRACK: '1',
};

/** The timeout ends hanging programs. All other programs finish within a minute. */
export const PYTHON_OPTIONS = { env: PYTHON_ENV, timeoutMs: 240_000 };

const REQUIREMENTS = fileURLToPath(new URL('requirements', import.meta.url));

/** PyAirbyte requires Python 3.10 to 3.12, and the pinned packages require at least 3.11. */
const PYTHON = '>=3.11,<3.13';

/** Environments with packages that must be built, because PyPI has no wheels for them. */
const FROM_SOURCE = ['ibm-cloud', 'target-jsonl', 'target-postgres-pipelinewise', 'singer-tools'];

const ENVIRONMENTS = [
  'airflow',
  'clients',
  'dagster',
  'ibm-cloud',
  'lint',
  'meltano',
  'release',
  'target-jsonl',
  'target-postgres',
  'target-postgres-pipelinewise',
  'singer-tools',
] as const;

export type Environment = (typeof ENVIRONMENTS)[number];

export function pinned(name: Environment, packageName: string): string {
  const requirements = readFileSync(requirementsOf(name), 'utf8');
  return new RegExp(`^${packageName}==(.*)$`, 'm').exec(requirements)?.[1] ?? 'of no pinned version';
}

export function requirementsOf(name: Environment): string {
  return join(REQUIREMENTS, `${name}.txt`);
}

/** The examples that have requirements, each with the environment that contains its packages. */
const EXAMPLES = { airflow: 'airflow', dagster: 'dagster', insights: 'clients', meltano: 'meltano' } as const;

const made = new Map<string, Promise<string>>();

/**
 * Returns the `bin` folder of an environment with the pinned versions. Creates the environment when it is first needed.
 */
export function environment(name: Environment): Promise<string> {
  const bin = made.get(name) ?? makeEnvironment(name);
  made.set(name, bin);
  return bin;
}

/** Returns the `bin` folder of the environment for an example, whose requirements must be among the pinned versions. */
export function exampleEnvironment(example: keyof typeof EXAMPLES): Promise<string> {
  const name = EXAMPLES[example];
  const pins = new Set(linesOf(requirementsOf(name)));
  const others = linesOf(join(ROOT, 'examples', example, 'requirements.txt')).filter((line) => !pins.has(line));
  if (others.length > 0) throw new Error(`The environment ${name} does not have ${others.join(', ')}.`);
  return environment(name);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/** Creates every missing or outdated environment, one by one. */
export async function makeEnvironments(): Promise<void> {
  for (const name of ENVIRONMENTS) await environment(name);
}

async function makeEnvironment(name: Environment): Promise<string> {
  const requirements = requirementsOf(name);
  const building = ['--build-constraints', join(REQUIREMENTS, 'build.txt')];
  const wheels = FROM_SOURCE.includes(name) ? building : ['--only-binary', ':all:'];
  const options = name === 'clients' ? [...wheels, '--no-deps'] : wheels;
  const folder = join(KEPT, name);
  const installed = join(folder, 'requirements.txt');
  if (contentOf(installed) !== contentOf(requirements)) {
    rmSync(folder, { recursive: true, force: true });
    await uv('venv', '--quiet', '--no-python-downloads', '--python', PYTHON, folder);
    const python = join(folder, 'bin', 'python');
    await uv('pip', 'install', '--quiet', '--python', python, ...options, '--requirement', requirements);
    cpSync(requirements, installed);
  }
  return join(folder, 'bin');
}

/** Returns this machine's interpreter for a version such as 3.12. Returns undefined instead of downloading a missing version. */
export async function findPython(release: string): Promise<string | undefined> {
  // pyenv puts only selected versions on PATH.
  const pyenv = globSync(join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions', '*', 'bin'));
  const env = { ...PYTHON_ENV, PATH: [...pyenv, PYTHON_ENV['PATH']].join(delimiter) };
  const find = ['python', 'find', '--no-project', '--system', '--no-python-downloads', release];
  const { exitCode, stdout } = await run(await theInstaller(), find, { ...PYTHON_OPTIONS, env });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Creates an environment in a folder and installs a package from PyPI or from the folder `links`. Returns the `bin` folder. */
export async function installInto(
  folder: string,
  { python = PYTHON, name, links }: { python?: string; name: string; links: string },
): Promise<string> {
  await uv('venv', '--quiet', '--no-python-downloads', '--python', python, folder);
  const install = ['pip', 'install', '--quiet', '--python', join(folder, 'bin', 'python')];
  // Ignore uv's cache, which may contain an older build of the same version.
  await uv(...install, '--only-binary', ':all:', '--find-links', links, '--refresh-package', name, name);
  return join(folder, 'bin');
}

let installer: Promise<string> | undefined;

function theInstaller(): Promise<string> {
  installer ??= makeInstaller();
  return installer;
}

async function uv(...args: string[]): Promise<void> {
  await outputOf(await theInstaller(), args, PYTHON_OPTIONS);
}

/** Installs uv, which is fast and doesn't require pip in the environments. */
async function makeInstaller(): Promise<string> {
  const folder = join(KEPT, 'uv');
  const requirements = join(REQUIREMENTS, 'uv.txt');
  const program = join(folder, 'bin', 'uv');
  if (contentOf(join(folder, 'requirements.txt')) !== contentOf(requirements)) {
    await outputOf('python3', ['-m', 'venv', '--clear', '--without-pip', folder], PYTHON_OPTIONS);
    const pip = ['-m', 'pip', '--python', join(folder, 'bin', 'python'), '--disable-pip-version-check'];
    const install = [...pip, 'install', '--quiet', '--only-binary', ':all:', '--requirement', requirements];
    await outputOf('python3', install, PYTHON_OPTIONS);
    cpSync(requirements, join(folder, 'requirements.txt'));
  }
  return program;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
