/** The options below `platform` in a config for Compose. */
const OF_COMPOSE = ['api_token', 'deployment_ids', 'include_connection_strings', 'page_size', 'base_url'];

/** A config for Compose, with platform options below `platform`. */
export function composeConfig(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const platform: Record<string, unknown> = { name: 'compose' };
  const config: Record<string, unknown> = { platform };
  for (const [name, value] of Object.entries(options)) (OF_COMPOSE.includes(name) ? platform : config)[name] = value;
  return config;
}
