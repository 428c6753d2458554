import { type Config, configSchema } from './platforms/compose/config.ts';
import { inputError } from './core/errors.ts';
import { parseInput, readInput, typeName } from './core/input-file.ts';

/**
 * Reads and checks the config. `onSecret` gets the token as soon as it is known, before any error can mention it.
 * Unknown keys are ignored, and null means "not given". Throws one sentence that names the file and each field.
 */
export async function loadConfig(path: string, onSecret: (secret: string) => void): Promise<Config> {
  const raw = parseInput('config', path, await readInput('config', path));
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw inputError(`The config file ${path} must hold a JSON object; it holds ${typeName(raw)}.`);
  }
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
  const token: unknown = given['api_token'];
  if (typeof token === 'string') for (const form of [token, token.trim()]) onSecret(form);

  const result = configSchema.safeParse(given);
  if (result.success) return { ...result.data, deployment_ids: [...new Set(result.data.deployment_ids)] };
  // One complaint a field: the first says what to do, the others follow from it.
  const complaints = new Map<string, string>();
  for (const issue of result.error.issues) {
    const field = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('');
    if (!complaints.has(field)) complaints.set(field, `${field} ${issue.message}`);
  }
  throw inputError(`The config file ${path} cannot be used: ${[...complaints.values()].join('; ')}.`);
}
