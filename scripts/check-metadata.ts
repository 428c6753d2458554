import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

// `npm run check:metadata -- SCHEMA.json` validates metadata.yaml against Airbyte's schema
// ConnectorMetadataDefinitionV0, with all references inlined. Airbyte owns the schema, so it isn't part of this
// repository.
const [schemaFile] = process.argv.slice(2);
if (schemaFile === undefined) throw new Error('Specify the schema file: npm run check:metadata -- SCHEMA.json');

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
    date: /^\d{4}-\d{2}-\d{2}$/,
    uri: (text) => URL.canParse(text),
    'date-time': true,
  },
});
const isValid = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
if (!isValid(parse(readFileSync(new URL('../metadata.yaml', import.meta.url), 'utf8')))) {
  throw new Error(`metadata.yaml: ${ajv.errorsText(isValid.errors, { separator: '\n', dataVar: '' })}`);
}
console.log('metadata.yaml is valid.');
