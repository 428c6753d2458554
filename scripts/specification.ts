import { z } from 'zod';
import { configSchema } from '../src/config.ts';

const REPOSITORY = 'https://github.com/source-compose/source-compose';

type Options = Record<string, object>;

/** The content of the SPEC message: the config's schema in the vocabulary of Airbyte's form. */
export function specification(): object {
  const { $schema, required, properties } = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const { examples, airbyte_secret: secret } = z.globalRegistry.get(zodSchema) ?? {};
      // Copy the examples and defaults, which zod omits for preprocessed options.
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue;
      // The form can't show an empty list as a default, and one client can't print it.
      if (Array.isArray(jsonSchema.default)) delete jsonSchema.default;
      // The form would reject whitespace around a pasted token, although the connector trims it.
      if (secret === true) delete jsonSchema.pattern;
      // Airbyte's form requires `type: object` next to `oneOf`.
      if (zodSchema instanceof z.ZodDiscriminatedUnion) {
        jsonSchema.type = 'object';
      }
      if (zodSchema instanceof z.ZodObject) jsonSchema.additionalProperties = true;
    },
  });
  const options = properties as unknown as Options & { platform: { oneOf: Array<{ properties: Options }> } };
  for (const each of [options, ...options.platform.oneOf.map(({ properties }) => properties)]) {
    // Airbyte's form sorts options by this keyword.
    Object.values(each).forEach((option, order) => Object.assign(option, { order }));
  }
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
