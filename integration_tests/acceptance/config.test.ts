import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadAcceptanceConfig, parseAcceptanceConfig } from './config.ts';
import { putValue } from './fake-source.ts';

const root = new URL('../../', import.meta.url);

const valid = `
connector_image: source-compose:dev
test_strictness_level: high
acceptance_tests:
  spec: { tests: [{ config_path: a.json, spec_path: spec.json, previous_release_path: old.json }] }
  connection: { tests: [{ config_path: a.json, status: succeed }] }
  discovery: { tests: [{ config_path: a.json, previous_release_path: old.json }] }
  basic_read:
    tests:
      - config_path: a.json
        expect_records: sandbox
        empty_streams: [{ name: teams, bypass_reason: Nobody has a team. }]
  full_refresh: { tests: [{ config_path: a.json, configured_catalog_path: c.json }] }
  incremental: { bypass_reason: No stream has a cursor. }
`;

test('the project has a valid configuration that leaves no section out', async () => {
  const { acceptance_tests: sections } = await loadAcceptanceConfig(root);
  for (const { tests } of Object.values(sections)) expect(tests.length).toBeGreaterThan(0);
});

test('a section with a reason is left out, and what is not said has its default', () => {
  const { acceptance_tests: sections } = parseAcceptanceConfig(valid);
  expect(sections.incremental).toEqual({ tests: [] });
  expect(sections.basic_read.tests[0]).toMatchObject({ validate_schema: true, fail_on_extra_columns: true });
});

test('what goes beyond Airbyte’s keys is added to each test of a section, or is a further test', () => {
  const beyond = `
discovery: { each: { previous_release_path: newer.json } }
connection: { more: [{ config_path: a.json, status: exception }] }
incremental: { more: [{ config_path: a.json }] }
`;
  const { acceptance_tests: sections } = parseAcceptanceConfig(valid, beyond);
  expect(sections.discovery.tests).toEqual([{ config_path: 'a.json', previous_release_path: 'newer.json' }]);
  expect(sections.connection.tests.map(({ status }) => status)).toEqual(['succeed', 'exception']);
  expect(sections.incremental).toEqual({ tests: [] });
  expect(() => parseAcceptanceConfig(valid, 'reading: { each: {} }')).toThrow(/reading/);
});

const first = 'acceptance_tests.basic_read.tests.0';
const broken: [what: string, path: string, value: unknown][] = [
  ['another strictness', 'test_strictness_level', 'low'],
  ['a section missing', 'acceptance_tests.full_refresh', undefined],
  ['a section without tests or reason', 'acceptance_tests.full_refresh', {}],
  ['a section with an empty list', 'acceptance_tests.spec.tests', []],
  ['an empty reason', 'acceptance_tests.incremental.bypass_reason', ''],
  ['an empty stream without a reason', `${first}.empty_streams.0.bypass_reason`, undefined],
  ['a catalog of its own in basic_read', `${first}.configured_catalog_path`, 'c.json'],
  ['schemas that are not validated', `${first}.validate_schema`, false],
  ['expected records left out without a reason', `${first}.expect_records`, undefined],
  ['no future state', 'acceptance_tests.incremental', { tests: [{ config_path: 'a', configured_catalog_path: 'c' }] }],
  ['a status that check never has', 'acceptance_tests.connection.tests.0.status', 'maybe'],
  ['an unknown key', 'acceptance_tests.spec.tests.0.timeout', 5],
];

test.each(broken)('%s is refused', (_what, path, value) => {
  const config = parse(valid) as object;
  putValue(config, path, value);
  expect(() => parseAcceptanceConfig(stringify(config))).toThrow('acceptance-test-config.yml is invalid');
});
