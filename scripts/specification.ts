import { z } from 'zod';
import { configSchema } from '../src/config.ts';

const REPOSITORY = 'https://github.com/source-compose/source-compose';

/** The SPEC message's content: the config's schema in the vocabulary that Airbyte's form understands. */
export function specification(): object {
  const { $schema, required, properties } = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const { examples, airbyte_secret: secret } = z.globalRegistry.get(zodSchema) ?? {};
      // zod leaves these out where an option is also tidied up, as if they were values of the tidied form.
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
      // An empty list is no default that a form could show, and one client cannot print it.
      if (Array.isArray(jsonSchema.default)) delete jsonSchema.default;
      // A form would hold white space around a pasted token against it; we cut it off.
      if (secret === true) delete jsonSchema.pattern;
      // The form takes a choice only as an object with oneOf, and its constants with a type.
      if (zodSchema instanceof z.ZodDiscriminatedUnion) {
        jsonSchema.type = 'object';
      }
      if (zodSchema instanceof z.ZodObject) jsonSchema.additionalProperties = true;
    },
  });
  return {
    protocol_version: '0.2.0',
    documentationUrl: `${REPOSITORY}#readme`,
    changelogUrl: `${REPOSITORY}/blob/main/CHANGELOG.md`,
    connectionSpecification: {
      $schema,
      title: 'IBM Cloud Databases and Compose',
      type: 'object',
      required,
      additionalProperties: true,
      properties,
    },
  };
}
