import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

// Strictness high: every section is tested or says why not, and so is every empty stream, every ignored field and
// the state from the future; the basic read takes the discovered catalog, whole, and validates its records.

const path = z.string().min(1);
const bypass = z.strictObject({ bypass_reason: z.string().min(1) });
const named = bypass.extend({ name: z.string().min(1) });

const section = <T extends z.ZodType>(test: T) =>
  z.union([z.strictObject({ tests: z.array(test).min(1) }), bypass.transform(() => ({ tests: [] }))]);

const specTest = z.strictObject({ config_path: path, spec_path: path, previous_release_path: path });
const connectionTest = z.strictObject({ config_path: path, status: z.enum(['succeed', 'failed', 'exception']) });
const discoveryTest = z.strictObject({ config_path: path, previous_release_path: path });

const basicReadTest = z.strictObject({
  config_path: path,
  empty_streams: z.array(named).default([]),
  validate_schema: z.literal(true).default(true),
  validate_data_points: z.boolean().default(false),
  /** Fields that never have a value in the sandbox's data, by stream. */
  absent_fields: z.record(z.string(), z.array(named)).default({}),
  fail_on_extra_columns: z.boolean().default(true),
  expect_records: z.union([z.literal('sandbox'), bypass]),
});

const fullRefreshTest = z.strictObject({
  config_path: path,
  configured_catalog_path: path,
  ignored_fields: z.record(z.string(), z.array(named)).default({}),
});

const incrementalTest = z.strictObject({
  config_path: path,
  configured_catalog_path: path,
  future_state: z.union([z.strictObject({ future_state_path: path }), bypass]),
});

const acceptanceTests = z.strictObject({
  spec: section(specTest),
  connection: section(connectionTest),
  discovery: section(discoveryTest),
  basic_read: section(basicReadTest),
  full_refresh: section(fullRefreshTest),
  incremental: section(incrementalTest),
});

const acceptanceConfig = z.strictObject({
  connector_image: z.string().min(1),
  test_strictness_level: z.literal('high'),
  acceptance_tests: acceptanceTests,
});

export type AcceptanceTests = z.output<typeof acceptanceTests>;
export type AcceptanceConfig = z.output<typeof acceptanceConfig>;
export type BasicReadTest = z.output<typeof basicReadTest>;
export type FullRefreshTest = z.output<typeof fullRefreshTest>;
export type IncrementalTest = z.output<typeof incrementalTest>;

const beyondAirbyte = z.partialRecord(
  z.enum(['spec', 'connection', 'discovery', 'basic_read', 'full_refresh', 'incremental']),
  z.strictObject({
    each: z.record(z.string(), z.unknown()).default({}),
    more: z.array(z.record(z.string(), z.unknown())).default([]),
  }),
);

/**
 * Parses acceptance-test-config.yml, with what `beyond` adds to its sections (beyond-airbyte.yml); throws with a sentence
 * for each thing that strictness high does not allow.
 */
export function parseAcceptanceConfig(yaml: string, beyond = '{}'): AcceptanceConfig {
  const config: unknown = parse(yaml);
  const sections =
    (config as { acceptance_tests?: Record<string, { tests?: object[] }> } | null)?.acceptance_tests ?? {};
  for (const [name, { each, more }] of Object.entries(beyondAirbyte.parse(parse(beyond)))) {
    const section = sections[name];
    if (section?.tests !== undefined) section.tests = [...section.tests.map((test) => ({ ...test, ...each })), ...more];
  }
  const parsed = acceptanceConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new Error(`acceptance-test-config.yml is invalid:\n${z.prettifyError(parsed.error)}`);
}

/** Loads acceptance-test-config.yml from the root of the repository, and what this suite checks beyond it. */
export async function loadAcceptanceConfig(root: URL): Promise<AcceptanceConfig> {
  const text = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');
  return parseAcceptanceConfig(
    await text('acceptance-test-config.yml'),
    await text('integration_tests/acceptance/beyond-airbyte.yml'),
  );
}
