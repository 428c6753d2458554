import { check, type Check, type CheckContext } from './check.ts';
import type { Message } from './message-schema.ts';
import type { JsonSchema } from './schema-nodes.ts';

export type Specification = Extract<Message, { type: 'SPEC' }>['spec'];

/** The one SPEC that the command prints. */
export async function specification(context: CheckContext): Promise<Specification> {
  const { transcript } = await context.run('spec');
  const found = transcript.messages.flatMap((message) => (message.type === 'SPEC' ? [message.spec] : []));
  const [spec] = found;
  if (!spec || found.length > 1) throw new Error(`spec prints ${found.length} valid SPEC messages instead of one.`);
  return spec;
}

/** A check that only looks at the connectionSpecification. */
export function specCheck(
  number: number,
  name: string,
  sentence: string,
  find: (schema: JsonSchema, spec: Specification) => readonly string[],
): Check {
  return check(number, name, sentence, async (context) => {
    if (context.tests.spec.tests.length === 0) return [];
    const spec = await specification(context);
    return find(spec.connectionSpecification, spec);
  });
}
