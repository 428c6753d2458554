import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/demo-build.ts';
import type { Stage } from './stage.ts';

/**
 * A connector's folder as the CDK's tests want one. Our own acceptance-test-config.yml is no use to them: it asks for
 * more than they know, and they refuse keys that they do not know.
 */
export function makeConnectorRoot({ file, folder, config }: Stage): string {
  const good = { config_path: 'config.json' };
  const sections = {
    spec: { tests: [good] },
    connection: {
      tests: [
        { ...good, status: 'succeed' },
        { config_path: 'wrong_token.json', status: 'failed' },
      ],
    },
    discovery: { tests: [good] },
    basic_read: { tests: [good] },
    full_refresh: { tests: [good] },
  };
  const inRoot = (name: string, content: string | object): void => void file(`source-compose/${name}`, content);
  inRoot('config.json', config);
  inRoot('wrong_token.json', { ...config, api_token: 'wrong' });
  // JSON is YAML.
  inRoot('acceptance-test-config.yml', { test_strictness_level: 'high', acceptance_tests: sections });
  inRoot('metadata.yaml', readFileSync(join(ROOT, 'metadata.yaml'), 'utf8'));
  return join(folder, 'source-compose');
}

/** The SPEC of the last release, which every later one must be compatible with; the present one before there was any. */
export function publishedSpec(): string {
  const file = join(ROOT, 'integration_tests', 'previous_release', 'spec.json');
  return existsSync(file) ? file : join(ROOT, 'spec.json');
}
