import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/demo-build.ts';
import { fillIn } from '../acceptance/acceptance-run.ts';
import type { Stage } from './stage.ts';

/**
 * A connector's folder as the CDK's tests want one: ours as it stands, with the sandbox's address and token in the
 * configs.
 */
export function makeConnectorRoot({ file, folder, sandbox }: Stage): string {
  const { baseUrl, token } = sandbox;
  const values = { baseUrl, token, deploymentIds: [...sandbox.keys('deployments')] };
  const ours = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
  const inRoot = (name: string, content: string | object): void => void file(`source-compose/${name}`, content);
  for (const name of ['acceptance-test-config.yml', 'metadata.yaml', 'spec.json']) inRoot(name, ours(name));
  for (const name of ['sample_config', 'invalid_config', 'configured_catalog', 'abnormal_state']) {
    const path = `integration_tests/${name}.json`;
    inRoot(path, fillIn(JSON.parse(ours(path)), values) as object);
  }
  return join(folder, 'source-compose');
}

/** The SPEC of the last release, which every later one must be compatible with; the present one before there was any. */
export function publishedSpec(): string {
  const file = join(ROOT, 'integration_tests', 'previous_release', 'spec.json');
  return existsSync(file) ? file : join(ROOT, 'spec.json');
}
