import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import spec from '../spec.json' with { type: 'json' };
import { configSchema } from '../src/config.ts';
import { specification } from './specification.ts';

interface Option {
  [keyword: string]: unknown;
  title: string;
  description: string;
  order: number;
  examples?: unknown[];
  default?: unknown;
}

type Named = [name: string, option: Option];

interface PlatformForm {
  title: string;
  required: string[];
  properties: Record<string, Option>;
}

const form = spec.connectionSpecification;
const forms = form.properties.platform.oneOf as unknown as PlatformForm[];
const common = Object.entries(form.properties).filter(([name]) => name !== 'platform') as unknown as Named[];

/** Each platform's minimal config and options, in the form's order. */
const PLATFORMS = [
  {
    title: 'IBM Cloud Databases',
    least: { name: 'ibm_cloud', api_key: '0123456789abcdef' },
    options: [
      ...['name', 'api_key', 'deployment_ids', 'resource_group_ids', 'billing', 'logs_instances'],
      ...['access_review', 'api_keys', 'identity_activity', 'trusted_profiles', 'endpoints'],
    ],
    secrets: ['api_key'],
    wrongs: [{ resource_group_ids: ['x'] }, { billing: 'mine' }, { logs_instances: ['x'] }, { api_keys: 'yes' }],
  },
  {
    title: 'Compose',
    least: { name: 'compose', api_token: '0123456789abcdef' },
    options: ['name', 'api_token', 'deployment_ids', 'include_connection_strings', 'page_size', 'base_url'],
    secrets: ['api_token'],
    wrongs: [{ deployment_ids: ['x'] }, { api_token: '' }, { name: 'mongohq' }],
  },
] as const;

function formOf(title: string): PlatformForm {
  const found = forms.find((each) => each.title === title);
  if (found === undefined) throw new Error(`the specification does not offer ${title}`);
  return found;
}

/** A platform's options, except the platform's name. */
function optionsOf(title: string): Named[] {
  return Object.entries(formOf(title).properties).filter(([name]) => name !== 'name');
}

function inOrder(options: Record<string, Option>): string[] {
  const entries = Object.entries(options);
  expect(new Set(entries.map(([, { order }]) => order)).size).toBe(entries.length);
  return entries.toSorted(([, one], [, other]) => one.order - other.order).map(([name]) => name);
}

function secretsOf(options: readonly Named[]): string[] {
  return options.filter(([, { airbyte_secret: secret }]) => secret === true).map(([name]) => name);
}

test('spec.json matches the output of `npm run spec`', () => {
  expect(specification()).toEqual(spec);
});

test('the tests in this file cover every platform in the form', () => {
  expect(forms.map(({ title }) => title)).toEqual(PLATFORMS.map(({ title }) => title));
});

test('the form shows the top-level options in order, and none is a secret', () => {
  expect(inOrder(form.properties as unknown as Record<string, Option>)).toEqual([
    'platform',
    'start_date',
    'fail_on_refused_deployments',
    'num_workers',
    'lookback_window_seconds',
    'request_timeout_seconds',
  ]);
  expect(secretsOf(common)).toEqual([]);
});

test('each platform has a title, a description, and a constant that selects the platform', () => {
  expect(form.required).toEqual(['platform']);
  expect(form.properties.platform).toMatchObject({ type: 'object', title: 'Platform' });
  for (const option of forms) {
    expect(option).toMatchObject({ type: 'object', title: expect.any(String) as string });
    expect(option.properties['name']).toMatchObject({ type: 'string', const: expect.any(String) as string });
    expect(option.required).toContain('name');
  }
});

describe.each(PLATFORMS)('$title', ({ title, least, options, secrets }) => {
  test("the form shows the platform's options in order", () => {
    expect(inOrder(formOf(title).properties)).toEqual(options);
  });

  test('only the credentials are required, and only the credentials are secrets', () => {
    expect(formOf(title).required).toEqual(Object.keys(least));
    expect(secretsOf(optionsOf(title))).toEqual(secrets);
  });

  describe.each(optionsOf(title))('%s', (name, option) => {
    explainsItself(name, option, (value) => ({ platform: { ...least, [name]: value } }), {
      isRequired: name in least,
      standard: () => (configSchema.parse({ platform: least }).platform as Record<string, unknown>)[name],
    });
  });
});

describe.each(common)('%s', (name, option) => {
  const [{ least: platform }] = PLATFORMS;
  explainsItself(name, option, (value) => ({ platform, [name]: value }), {
    isRequired: false,
    standard: () => (configSchema.parse({ platform }) as Record<string, unknown>)[name],
  });
});

interface Meaning {
  isRequired: boolean;
  /** The connector's default for the option. */
  standard: () => unknown;
}

function explainsItself(
  name: string,
  option: Option,
  configWith: (value: unknown) => object,
  { isRequired, standard }: Meaning,
): void {
  test('the option has a title and a description', () => {
    expect(option.title).toMatch(/^[A-Z][^.]*$/);
    expect(option.description).toMatch(/^[A-Z].*\.$/);
  });

  test('the option has a single plain type, unless the form hides the option', () => {
    const types = ['string', 'integer', 'boolean', 'array', ...(option['airbyte_hidden'] === true ? ['object'] : [])];
    // For nested objects, one client requires `type` to be a list.
    expect(types).toContain([option['type']].flat()[0]);
    expect([option['type']].flat()).toHaveLength(1);
    if (option['type'] === 'array') expect(option['items']).toMatchObject({ type: 'string' });
  });

  test('the option describes its pattern, if any, in words', () => {
    expect('pattern_descriptor' in option).toBe('pattern' in option);
  });

  test("the form and the connector accept the option's examples and default", () => {
    const valid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(option);
    for (const value of [...(option.examples ?? []), ...('default' in option ? [option.default] : [])]) {
      expect(valid(value), JSON.stringify(value)).toBe(true);
      expect(configSchema.safeParse(configWith(value)).success, `${name}: ${JSON.stringify(value)}`).toBe(true);
    }
    const without = standard();
    // The form doesn't show an empty list.
    const shown = Array.isArray(without) && without.length === 0 ? undefined : without;
    if (!isRequired) expect(option.default).toEqual(shown);
  });
}

test("the form contains nothing that Airbyte can't display", () => {
  const forbidden = ['$ref', 'not', 'anyOf', 'allOf', 'patternProperties', 'prefixItems', 'if', 'then', 'else'];
  const found: string[] = [];
  JSON.stringify(spec, (keyword, value: unknown) => {
    if ([...forbidden, 'dependentSchemas', 'dependentRequired'].includes(keyword)) found.push(keyword);
    if (keyword === 'additionalProperties' && value !== true) found.push(keyword);
    // Finds the bounds that zod adds to every integer.
    if (typeof value === 'number' && Math.abs(value) > 2 ** 40) found.push(`${keyword}: ${value}`);
    return value;
  });
  expect(found).toEqual([]);
});

test('the schema is draft-07, and accepts complete configs and unknown keys', () => {
  const { $schema, ...schema } = form;
  expect($schema).toBe('http://json-schema.org/draft-07/schema#');
  const valid = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(schema);
  for (const { least, wrongs } of PLATFORMS) {
    const full = configSchema.parse({ platform: least });
    expect(valid({ ...full, start_date: '2018-08-22T00:00:00Z', __injected: 1 })).toBe(true);
    expect(valid({ platform: { ...full.platform, unknown: 1 } })).toBe(true);
    const bad = [
      {},
      least,
      { platform: least, num_workers: 33 },
      ...wrongs.map((wrong) => ({ platform: { ...least, ...wrong } })),
    ];
    for (const wrong of bad) expect(valid(wrong), JSON.stringify(wrong)).toBe(false);
  }
});

test('the date pattern makes Airbyte show a date picker', () => {
  expect(form.properties.start_date).toMatchObject({ type: 'string', format: 'date-time' });
  expect('2018-08-22T00:00:00Z').toMatch(new RegExp(form.properties.start_date.pattern));
});
