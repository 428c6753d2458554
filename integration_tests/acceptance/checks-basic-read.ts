import { readCheck, readStreamCheck } from './basic-read.ts';
import type { Check } from './check.ts';
import { readProtocolChecks } from './checks-read-protocol.ts';
import { fieldValue } from './field-value.ts';
import { keyOf, recordsOf } from './read-result.ts';
import { strictDataOf } from './record-text.ts';
import { propertiesOf } from './schema-nodes.ts';
import { validatorOf } from './schema-validator.ts';

const shown = 3;

const recordChecks: readonly Check[] = [
  readCheck(36, 'read', 'A read brings records.', ({ run }) =>
    recordsOf(run).length === 0 ? ['There is no record at all.'] : [],
  ),
  readStreamCheck(37, 'records_share_fields', 'Every record has a field of its schema.', (records, stream) => {
    const declared = propertiesOf(stream.json_schema);
    const strangers = records.filter(({ data }) => !Object.keys(data).some((field) => field in declared));
    return strangers.length > 0 ? [`${strangers.length} records share no field with the schema.`] : [];
  }),
  readStreamCheck(
    38,
    'records_match_schema',
    'Every record is valid against its schema.',
    (_records, stream, { run }) => {
      const validate = validatorOf(stream.json_schema);
      return [...new Set(strictDataOf(run, stream.name).flatMap(validate))];
    },
  ),
  readStreamCheck(39, 'no_undeclared_empty_stream', 'Every stream has records, or is declared empty.', (records) =>
    records.length === 0 ? ['There is no record, and it is not declared empty.'] : [],
  ),
  readStreamCheck(
    40,
    'primary_keys_in_records',
    'Every record has a primary key of plain values.',
    (records, stream) => {
      const paths = stream.source_defined_primary_key ?? [];
      const keys = paths.length === 0 ? [] : records.map(({ data }) => paths.map((path) => fieldValue(data, path)));
      const isUsable = (key: unknown[]): boolean =>
        key.every((part) => typeof part !== 'object' || part === null) && key.some((part) => (part ?? null) !== null);
      const unusable = keys.filter((key) => !isUsable(key));
      return unusable.length > 0 ? [`${unusable.length} records have no usable primary key.`] : [];
    },
  ),
  readStreamCheck(
    41,
    'data_points',
    'Every declared field has a value in some record.',
    (records, stream, { test }) => {
      if (!test.validate_data_points) return [];
      const absent = (test.absent_fields[stream.name] ?? []).map(({ name }) => name);
      return Object.keys(propertiesOf(stream.json_schema))
        .filter((field) => !absent.includes(field) && records.every(({ data }) => (data[field] ?? null) === null))
        .map((field) => `The field ${field} never has a value.`);
    },
  ),
  readStreamCheck(42, 'expected_records', 'Every record that the API holds is read.', (records, stream, read) => {
    if (read.test.expect_records !== 'sandbox') return [];
    const { expected } = read.context;
    const due = expected.counts()[stream.name] ?? 0;
    if (!stream.source_defined_primary_key) {
      return records.length < due ? [`${records.length} records instead of ${due}.`] : [];
    }
    const found = new Set(records.map((record) => keyOf(stream, record)));
    const missing = [...expected.keys(stream.name)].filter((key) => !found.has(key));
    return missing.length > 0 ? [`${missing.length} missing, such as ${missing.slice(0, shown).join(', ')}.`] : [];
  }),
  readStreamCheck(45, 'no_extra_columns', 'Every top-level field is declared.', (records, stream, { test }) => {
    if (!test.fail_on_extra_columns) return [];
    const declared = propertiesOf(stream.json_schema);
    const extra = new Set(records.flatMap(({ data }) => Object.keys(data)).filter((field) => !(field in declared)));
    return Array.from(extra, (field) => `The field ${field} is not declared.`);
  }),
];

/** Checks 36 to 47. */
export const basicReadChecks: readonly Check[] = [...recordChecks, ...readProtocolChecks].toSorted(
  (a, b) => a.number - b.number,
);
