import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import buildImage from '../container/build-image.ts';
import { IMAGE } from '../container/docker.ts';
import { makeConnectorRoot, publishedSpec } from './connector-root.ts';
import { CLIENT_ENV, endOf, lastLines } from './programs.ts';
import { environment, pinned } from './python-environments.ts';
import type { ClientTest } from './stage.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Every test of the CDK's suite, for a config that is good; one whose token is wrong has its `check` alone. */
const EXPECTED = [
  'spec',
  'spec_backward_compatibility',
  "check['invalid_config' Test Scenario]",
  "check['sample_config' Test Scenario]",
  "config_matches_spec['sample_config' Test Scenario]",
  "discover['sample_config' Test Scenario]",
  "read['sample_config' Test Scenario]",
];

export const imageTests: ClientTest = {
  name: 'image-tests',
  title: `airbyte-cdk ${pinned('clients', 'airbyte-cdk')}, DockerConnectorTestSuite: the CDK's tests of an image`,
  run: async (stage) => {
    await buildImage();
    const bin = await environment('clients');
    const env = {
      ...CLIENT_ENV,
      PATH: [join(HERE, 'docker-on-host-network'), CLIENT_ENV['PATH']].join(delimiter),
      CONNECTOR_ROOT: makeConnectorRoot(stage),
      PUBLISHED_SPEC: publishedSpec(),
    };
    const options = ['-v', '--connector-image', IMAGE, '--read-from-streams=all', '--read-scenarios=sample_config'];
    const pytest = ['-m', 'pytest', '-c', join(HERE, 'pytest.ini'), join(HERE, 'test_image.py'), ...options];
    const { exitCode, stdout, stderr } = await endOf(join(bin, 'python'), pytest, { cwd: stage.folder, env });

    const outcomes = [...stdout.matchAll(/::test_docker_image_(?:build_and_)?(.+) (PASSED|FAILED|ERROR|SKIPPED)/g)];
    const passed = outcomes.filter(([, , outcome]) => outcome === 'PASSED').map(([, name = '']) => name);
    for (const name of passed) stage.report.pass(name.replace(/\['(.*)' .*/, ', $1'));
    stage.report.same(`${EXPECTED.length} tests passed`, passed.toSorted(), EXPECTED.toSorted());
    if (exitCode === 0) stage.report.pass('none failed');
    else stage.report.fail('none failed', lastLines(stdout + stderr));
  },
};
