import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BASE_IMAGE, IMAGE, docker, dockerOutput } from './docker.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Builds the image from the checkout as it is, once for all tests. DOCKER_BUILD_ARGS holds further arguments of
 * `docker build`, for networks that need some. Without Docker nothing is skipped: the run fails and says why.
 */
export default async function buildImage(): Promise<void> {
  const version = await docker(['version', '--format', '{{.Server.Version}}']).catch((error: unknown) => {
    throw new Error('The tests of the image need Docker, and there is no `docker` on this machine.', { cause: error });
  });
  if (version.exitCode !== 0) throw new Error(`The tests of the image need a running Docker engine: ${version.stderr}`);

  const more = (process.env['DOCKER_BUILD_ARGS'] ?? '').split(/\s+/).filter((word) => word !== '');
  await dockerOutput(['build', ...more, '--tag', IMAGE, ROOT]);
  const [base = ''] = /^ARG NODE_IMAGE=\S+$/m.exec(readFileSync(`${ROOT}Dockerfile`, 'utf8')) ?? [];
  await dockerOutput(['build', ...more, '--tag', BASE_IMAGE, '-'], `${base}\nFROM \${NODE_IMAGE}\n`);
}
