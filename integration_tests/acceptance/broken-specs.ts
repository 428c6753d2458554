import type { FakeSource } from './fake-source.ts';
import { putValue } from './put-value.ts';

/** One thing broken in the fake source, and the check that must notice it. */
export interface BrokenSource {
  readonly check: number;
  readonly name: string;
  /** The command prints nothing that could be checked at all. */
  readonly stops?: true;
  readonly change: (source: FakeSource) => void;
}

/** Puts something into the properties of the specification. */
function option(name: string, schema: object): (source: FakeSource) => void {
  return (source) => putValue(source.spec, `connectionSpecification.properties.${name}`, schema);
}

const variant = (method: object, more: object = {}): object => ({
  type: 'object',
  properties: { method: { type: 'string', ...method }, ...more },
});
const signIn = (...variants: object[]): object => ({ type: 'object', oneOf: variants });
const oauth = variant({ const: 'oauth' }, { client_id: { type: 'string' } });
const apiKey = variant({ const: 'key' });
const flow = (path: string[]): object => ({
  predicate_key: ['sign_in', 'method'],
  predicate_value: 'oauth',
  oauth_config_specification: { output: { properties: { a: { path_in_connector_config: path } } } },
});

function withFlow(path: string[], ...variants: object[]): (source: FakeSource) => void {
  return (source) => {
    option('sign_in', signIn(...variants))(source);
    putValue(source.spec, 'advanced_auth', flow(path));
  };
}

export const brokenSpecs: readonly BrokenSource[] = [
  { check: 1, name: 'the sample config has no token', change: ({ files }) => putValue(files, 'good', {}) },
  { check: 1, name: 'there is no sample config', change: ({ files }) => putValue(files, 'good', undefined) },
  { check: 1, name: 'the specification is no schema', change: option('page_size', { type: 'whole' }) },
  { check: 2, name: 'the checked-in file is older', change: option('page_size', { type: 'integer' }) },
  { check: 3, name: 'an enum with a value twice', change: option('mode', { type: 'string', enum: ['a', 'b', 'a'] }) },
  { check: 4, name: 'a choice without an object', change: option('sign_in', { oneOf: [oauth, apiKey] }) },
  { check: 4, name: 'a variant without properties', change: option('sign_in', signIn(oauth, { type: 'object' })) },
  {
    check: 4,
    name: 'variants without a constant',
    change: option('sign_in', signIn(variant({}), variant({}))),
  },
  {
    check: 4,
    name: 'two constants in all variants',
    change: option(
      'sign_in',
      signIn(variant({ const: 1 }, { other: { const: 2 } }), variant({ const: 3 }, { other: { const: 4 } })),
    ),
  },
  {
    check: 4,
    name: 'a default that is not the constant',
    change: option('sign_in', signIn(variant({ const: 'oauth', default: 'key' }), apiKey)),
  },
  {
    check: 4,
    name: 'an enum that is not the constant',
    change: option('sign_in', signIn(variant({ const: 'oauth', enum: ['oauth', 'key'] }), apiKey)),
  },
  { check: 5, name: 'a token that is no secret', change: option('Client_Secret', { type: 'string' }) },
  { check: 5, name: 'a switch that is a secret', change: option('key', { type: 'boolean', airbyte_secret: true }) },
  { check: 6, name: 'two types', change: option('ids', { type: ['string', 'integer'] }) },
  { check: 6, name: 'three types', change: option('ids', { type: ['string', 'null', 'null'] }) },
  { check: 7, name: 'an object without properties', change: option('more', { type: 'object' }) },
  { check: 8, name: 'an array without items', change: option('ids', { type: 'array' }) },
  { check: 8, name: 'an array of arrays', change: option('ids', { type: 'array', items: { type: 'array' } }) },
  {
    check: 8,
    name: 'an array with a list of items',
    change: option('ids', { type: 'array', items: [{ type: 'string' }] }),
  },
  { check: 9, name: 'anyOf', change: option('ids', { anyOf: [{ type: 'string' }, { type: 'null' }] }) },
  { check: 9, name: 'not', change: option('ids', { type: 'string', not: { pattern: '^x' } }) },
  { check: 10, name: 'a date without a pattern', change: option('start_date', { type: 'string', format: 'date' }) },
  {
    check: 11,
    name: 'a pattern of dates without a format',
    change: option('start_date', { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
  },
  { check: 12, name: 'the same order twice', change: option('ids', { type: 'string', order: 0 }) },
  {
    check: 13,
    name: 'a group inside of a field',
    change: option('sign_in', signIn(variant({ const: 'a', group: 'g' }), apiKey)),
  },
  {
    check: 14,
    name: 'a display_type without a choice',
    change: option('ids', { type: 'string', display_type: 'radio' }),
  },
  {
    check: 14,
    name: 'a display_type that nobody knows',
    change: option('sign_in', { ...signIn(oauth, apiKey), display_type: 'tabs' }),
  },
  { check: 15, name: 'a reference', change: option('ids', { $ref: '#/properties/api_token' }) },
  { check: 16, name: 'a flow that names no option', change: withFlow(['sign_in', 'client_key'], oauth, apiKey) },
  { check: 17, name: 'OAuth is not the first', change: withFlow(['sign_in', 'client_id'], apiKey, oauth) },
  {
    check: 18,
    name: 'unknown options are refused',
    change: ({ spec }) => putValue(spec, 'connectionSpecification.additionalProperties', false),
  },
  {
    check: 19,
    name: 'an option that has become required',
    change: (source) => {
      putValue(source.files, 'old-spec', structuredClone(source.spec));
      putValue(source.spec, 'connectionSpecification.required', ['api_token', 'start_date']);
    },
  },
];
