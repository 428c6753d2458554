import type { DiscoveredCatalog, DiscoveredStream } from './catalog-schema.ts';
import { check, inEach, type Check, type CheckContext } from './check.ts';

/** The one CATALOG that discover prints for a config. */
export async function discoveredWith(context: CheckContext, configPath: string): Promise<DiscoveredCatalog> {
  const { transcript } = await context.run('discover', { config: await context.file(configPath) });
  const found = transcript.messages.flatMap((message) => (message.type === 'CATALOG' ? [message.catalog] : []));
  const [catalog] = found;
  if (!catalog || found.length > 1) throw new Error(`discover prints ${found.length} valid CATALOGs instead of one.`);
  return catalog;
}

/** A check of the discovered catalog as a whole. */
export function catalogCheck(
  number: number,
  name: string,
  sentence: string,
  find: (catalog: DiscoveredCatalog) => readonly string[],
): Check {
  return check(number, name, sentence, (context) =>
    inEach(context.tests.discovery.tests, async ({ config_path }) => find(await discoveredWith(context, config_path))),
  );
}

/** A check of each discovered stream. */
export function streamCheck(
  number: number,
  name: string,
  sentence: string,
  find: (stream: DiscoveredStream) => readonly string[],
): Check {
  return catalogCheck(number, name, sentence, ({ streams }) =>
    streams.flatMap((stream) => find(stream).map((found) => `${stream.name}: ${found}`)),
  );
}
