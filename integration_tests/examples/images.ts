import { join } from 'node:path';
import { outputOf, run } from '../../test-support/processes.ts';
import { ROOT } from '../../test-support/connector.ts';

const STAND_IN = 'source-compose-example-stand-in';

/** The compose.yaml variables for base images, with their defaults. */
const BASES = { POSTGRES_IMAGE: 'postgres:17', PYTHON_IMAGE: 'python:3.12-slim' };

/** The `docker build` arguments that some networks require. */
const BUILD_ARGS = (process.env['DOCKER_BUILD_ARGS'] ?? '').split(/\s+/).filter((word) => word !== '');

/** The compose.yaml variables whose base images are missing and can't be pulled, with the image that replaces them. */
export async function baseImages(): Promise<Record<string, string>> {
  const missing: string[] = [];
  for (const [variable, image] of Object.entries(BASES)) {
    const isHere = (await run('docker', ['image', 'inspect', image])).exitCode === 0;
    if (isHere) continue;
    const { exitCode, stderr } = await run('docker', ['pull', '--quiet', image]);
    if (exitCode === 0) continue;
    console.log(`${image} cannot be pulled (${stderr.trim()}), so ${STAND_IN} replaces it`);
    missing.push(variable);
  }
  if (missing.length > 0) {
    const context = join(ROOT, 'integration_tests', 'examples', 'stand-in');
    await outputOf('docker', ['build', '--quiet', ...networkOnly(), '--tag', STAND_IN, context]);
  }
  return Object.fromEntries(missing.map((variable) => [variable, STAND_IN]));
}

/** Returns DOCKER_BUILD_ARGS as a compose file that extends the example's file. */
export function overlay(): object {
  const network = valuesOf('--network').at(-1);
  const args = Object.fromEntries(valuesOf('--build-arg').map((text) => text.split(/=(.*)/s).slice(0, 2)));
  const build = { ...(network !== undefined && { network }), args };
  return { services: { sandbox: { build }, load: { build } } };
}

function networkOnly(): string[] {
  return valuesOf('--network').flatMap((network) => ['--network', network]);
}

function valuesOf(flag: string): string[] {
  return BUILD_ARGS.flatMap((word, i) => (word === flag ? [BUILD_ARGS[i + 1] ?? ''] : []));
}
