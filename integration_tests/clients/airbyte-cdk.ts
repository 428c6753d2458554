import { composeConfig } from '../../test-support/configs.ts';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogOf } from '../../test-support/catalogs.ts';
import { ROOT, startConnector } from '../../test-support/connector.ts';
import { lastLines, outputOf, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { fillIn } from '../airbyte/sample-files.ts';
import { HOST_NETWORK, IMAGE, setup as buildImage } from '../container/docker.ts';
import type { ClientTest, Stage } from './stage.ts';

// Tests the image with the Python CDK's test suite, and parses output with the CDK and with Airbyte's protocol models.

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The CDK's tests: all of them for a valid config, and only `check` for a config with a wrong token. */
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
      ...PYTHON_OPTIONS.env,
      PATH: [HOST_NETWORK, PYTHON_OPTIONS.env['PATH']].join(delimiter),
      CONNECTOR_ROOT: makeConnectorRoot(stage),
      PUBLISHED_SPEC: publishedSpec(),
    };
    const options = ['-v', '--connector-image', IMAGE, '--read-from-streams=all', '--read-scenarios=sample_config'];
    const pytest = ['-m', 'pytest', '-c', join(HERE, 'pytest.ini'), join(HERE, 'test_image.py'), ...options];
    const { exitCode, stdout, stderr } = await run(join(bin, 'python'), pytest, {
      ...PYTHON_OPTIONS,
      cwd: stage.folder,
      env,
    });

    const outcomes = [...stdout.matchAll(/::test_docker_image_(?:build_and_)?(.+) (PASSED|FAILED|ERROR|SKIPPED)/g)];
    const passed = outcomes.filter(([, , outcome]) => outcome === 'PASSED').map(([, name = '']) => name);
    for (const name of passed) stage.report.pass(name.replace(/\['(.*)' .*/, ', $1'));
    stage.report.same(`${EXPECTED.length} tests pass`, passed.toSorted(), EXPECTED.toSorted());
    if (exitCode === 0) stage.report.pass('no test fails');
    else stage.report.fail('no test fails', lastLines(stdout + stderr));
  },
};

/**
 * Creates a connector folder with the layout that the CDK's tests require. Its configs contain the sandbox's address
 * and token.
 */
function makeConnectorRoot({ file, folder, sandbox }: Stage): string {
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

/**
 * Returns the path of the last release's SPEC, with which the current SPEC must be compatible. Before the first release, returns the path
 * of the current SPEC.
 */
function publishedSpec(): string {
  const file = join(ROOT, 'integration_tests', 'previous_release', 'spec.json');
  return existsSync(file) ? file : join(ROOT, 'spec.json');
}

const SCRIPT = fileURLToPath(new URL('parse_strictly.py', import.meta.url));

const PARSERS = ['airbyte-cdk', 'airbyte-protocol-models-pdv2'];

/** The message types that must occur, so that the parsers check every type. */
const KINDS = ['CATALOG', 'CONNECTION_STATUS', 'LOG', 'RECORD', 'SPEC', 'STATE', 'TRACE'];

export const strictParser: ClientTest = {
  name: 'strict-parser',
  title: PARSERS.map((name) => `${name} ${pinned('clients', name)}`).join(' and ') + ', which parse every printed line',
  run: async (stage) => {
    const recordings = await record(stage);
    const bin = await environment('clients');
    const verdicts = await outputOf(
      join(bin, 'python'),
      [SCRIPT, ...recordings.map(({ path }) => path)],
      PYTHON_OPTIONS,
    );
    const met = new Set<string>();
    for (const [i, line] of verdicts.trimEnd().split('\n').entries()) {
      const { lines, kinds, misfits } = JSON.parse(line) as Verdict;
      for (const kind of Object.keys(kinds)) met.add(kind);
      const named = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
      const what = `${recordings[i]?.what}: ${lines} lines, ${named.join(', ')}`;
      if (misfits.length === 0) stage.report.pass(what);
      else stage.report.fail(what, misfits.slice(0, 10).join('\n'));
    }
    stage.report.same('the messages include every type', [...met].toSorted(), KINDS);
  },
};

interface Verdict {
  lines: number;
  kinds: Record<string, number>;
  misfits: string[];
}

/** A command, and the file that contains its stdout. */
interface Recording {
  what: string;
  path: string;
}

/** Records the output of successful and failing commands, so that messages of every type occur. */
async function record({ sandbox, config, file }: Stage): Promise<Recording[]> {
  const good = ['--config', file('config.json', config)];
  const wrong = ['--config', file('wrong.json', composeConfig({ api_token: 'wrong', base_url: sandbox.baseUrl }))];
  const reading = ['read', ...good, '--catalog', file('catalog.json', catalogOf('incremental'))];
  const recordings: Recording[] = [];
  const keep = async (what: string, args: string[]): Promise<string> => {
    const { stdout } = await startConnector(args).finished;
    const path = file(`stdout-${recordings.length}.jsonl`, stdout);
    recordings.push({ what, path });
    return path;
  };

  await keep('spec', ['spec']);
  await keep('check', ['check', ...good]);
  await keep('check with a wrong token', ['check', ...wrong]);
  await keep('discover', ['discover', ...good]);
  const full = ['read', ...good, '--catalog', file('full.json', catalogOf('full_refresh'))];
  await keep('full read with --debug', [...full, '--debug']);
  const state = await keep('read', reading);
  sandbox.addEvents(3);
  await keep('read from a state', [...reading, '--state', state]);
  await keep('read with a wrong token', reading.with(2, wrong[1] ?? ''));

  sandbox.setFaults([
    { path: '/teams', kind: 'status', status: 403 },
    { path: '/clusters', kind: 'status', status: 429, retryAfter: 1, times: 1 },
    { path: '/deployments/*/recipes', kind: 'envelope', shape: 'row-without-key' },
  ]);
  await keep('read with failing and rate-limited streams', reading);
  await keep('read without a catalog', ['read', ...good, '--catalog', '/nowhere/catalog.json']);
  return recordings;
}
