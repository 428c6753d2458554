import { chmodSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT, buildIfNeeded } from '../../test-support/connector.ts';
import { type Finished, outputOf, run } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';

/** The names of the tested image and its base image. */
export const IMAGE = 'source-compose:test';
export const BASE_IMAGE = 'source-compose:test-base';

/** A folder for PATH with a `docker` that uses the host's network, because sandboxes listen only on this machine. */
export const HOST_NETWORK = join(ROOT, 'integration_tests', 'clients', 'docker-on-host-network');

/** Strict container options: an unknown user, a read-only file system and no capabilities, but network access. */
export const HARDENED = [
  ...['--user', '12345:12345', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  // The sandbox listens only on this machine.
  ...['--network', 'host'],
];

/**
 * Builds the image from the checkout, once for all tests. DOCKER_BUILD_ARGS contains arguments for `docker build` that some networks
 * require. Without Docker, the tests fail instead of being skipped.
 */
export async function setup(): Promise<void> {
  const version = await docker(['version', '--format', '{{.Server.Version}}']).catch((error: unknown) => {
    throw new Error("The image's tests require Docker, but this machine has no `docker`.", { cause: error });
  });
  if (version.exitCode !== 0) throw new Error(`The image's tests require a running Docker engine: ${version.stderr}`);

  await buildIfNeeded();
  const more = (process.env['DOCKER_BUILD_ARGS'] ?? '').split(/\s+/).filter((word) => word !== '');
  await dockerOutput(['build', ...more, '--tag', IMAGE, ROOT]);
  await dockerOutput(['build', ...more, '--target', 'base', '--tag', BASE_IMAGE, ROOT]);
}

export function docker(args: string[], input = ''): Promise<Finished> {
  return run('docker', args, { input });
}

/** Returns the output of a docker command. Throws unless the command succeeds. */
export async function dockerOutput(args: string[], input = ''): Promise<string> {
  return (await outputOf('docker', args, { input })).trim();
}

/** Runs the image's entrypoint in a container, which is then removed. */
export function runImage(options: string[], command: string[]): Promise<Finished> {
  return docker(['run', '--rm', ...options, IMAGE, ...command]);
}

/** Runs a script with the image's `sh`, as Airbyte does, and returns the output. */
export function runShell(options: string[], script: string): Promise<Finished> {
  return docker(['run', '--rm', ...options, '--entrypoint', 'sh', IMAGE, '-c', script]);
}

/** A folder of input files that a container can mount. */
export class MountedFiles {
  readonly #workspace = new Workspace('container').openToAll();

  /** Writes a file, and returns its name in the folder. */
  add(name: string, content: string | object, mode = 0o644): string {
    const path = this.#workspace.file(name, content);
    chmodSync(path, mode);
    return basename(path);
  }

  /** The option that mounts the folder read-only. */
  mount(target: string): string[] {
    return ['--volume', `${this.#workspace.folder}:${target}:ro`];
  }

  remove(): void {
    this.#workspace.remove();
  }
}
