import { check, inEach, type Check, type CheckContext } from './check.ts';
import { choiceChecks } from './checks-spec-choices.ts';
import { formChecks } from './checks-spec-form.ts';
import { keywordChecks } from './checks-spec-keywords.ts';
import { typeChecks } from './checks-spec-types.ts';
import { isDeepStrictEqual } from 'node:util';
import { configsOf } from './config-samples.ts';
import { narrowings } from './schema-compatibility.ts';
import { isObject, type JsonSchema } from './schema-nodes.ts';
import { schemaProblems, validatorOf } from './schema-validator.ts';
import { specification } from './specification.ts';

const sampledConfigs = 100;

const wholeSpecChecks: Check[] = [
  check(1, 'config_match_spec', 'The sample config is valid against the specification.', async (context) => {
    const schema = await connectionSpecification(context);
    const problems = schemaProblems(schema);
    if (problems.length > 0) return problems.map((problem) => `The specification is no JSON schema: ${problem}.`);
    return inEach(context.tests.spec.tests, async ({ config_path }) => {
      const config = await context.file(config_path);
      if (!isObject(config)) return [`${config_path} holds no config.`];
      const visible = Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('_')));
      return validatorOf(schema)(visible).map((problem) => `${config_path}: ${problem}.`);
    });
  }),
  check(2, 'match_expected', 'SPEC is what the checked-in file says.', async (context) => {
    const spec = await specification(context);
    return inEach(context.tests.spec.tests, async ({ spec_path }) =>
      isDeepStrictEqual(await context.file(spec_path), spec) ? [] : [`SPEC differs from ${spec_path}.`],
    );
  }),
  check(19, 'backward_compatibility', 'Every config of the previous release is still valid.', async (context) => {
    const spec = await specification(context);
    return inEach(context.tests.spec.tests, async ({ previous_release_path }) => {
      // The first release has no forerunner and is compared with itself.
      const previous = ((await context.file(previous_release_path)) ?? spec) as typeof spec;
      return brokenConfigs(previous.connectionSpecification, spec.connectionSpecification);
    });
  }),
];

/** Why configs of the previous release fail: by comparison of the schemas, and by trying a hundred of them. */
export function brokenConfigs(previous: JsonSchema, current: JsonSchema): string[] {
  const validate = validatorOf(current);
  const refused = configsOf(previous, sampledConfigs).flatMap((config) =>
    validate(config).map((problem) => `The old config ${JSON.stringify(config)} is refused: ${problem}.`),
  );
  return [...narrowings(previous, current), ...refused.slice(0, 1)];
}

async function connectionSpecification(context: CheckContext): Promise<JsonSchema> {
  return (await specification(context)).connectionSpecification;
}

/** Checks 1 to 19. */
export const specChecks: readonly Check[] = [
  ...wholeSpecChecks,
  ...keywordChecks,
  ...choiceChecks,
  ...formChecks,
  ...typeChecks,
].toSorted((a, b) => a.number - b.number);
