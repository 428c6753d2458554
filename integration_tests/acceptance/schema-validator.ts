import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonSchema } from './schema-nodes.ts';

// RFC 3339 with a T; seconds and an offset are needed, because destinations take nothing else.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const date = /^\d{4}-\d{2}-\d{2}$/;

/** Draft-07 with the two formats of the protocol; Airbyte's own keywords are passed over. */
function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('date-time', (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('date', (text) => date.test(text) && !Number.isNaN(Date.parse(text)));
  return ajv;
}

/** What makes this no draft-07 schema; empty if it is one. */
export function schemaProblems(schema: JsonSchema): string[] {
  const ajv = newAjv();
  try {
    ajv.compile(schema);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Compiles a schema into a function that says what is wrong with a value. */
export function validatorOf(schema: JsonSchema): (value: unknown) => string[] {
  const ajv = newAjv();
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath === '' ? 'it' : instancePath} ${message ?? 'is wrong'}`,
    );
  };
}
