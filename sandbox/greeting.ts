/** The properties of a sandbox that the greeting uses. */
interface Greeted {
  readonly baseUrl: string;
  counts(): Readonly<Record<string, number>>;
}

/**
 * The text that a sandbox prints when it starts: its address, record counts and config, and commands to paste. `credential` is the labeled
 * token or key.
 */
export function greeting(
  title: string,
  credential: string,
  sandbox: Greeted,
  config: object,
  configFile: string | undefined,
): string {
  const counts = Object.entries(sandbox.counts()).map(([stream, count]) => `${stream} ${count}`);
  return [
    `A sandbox for ${title}: ${sandbox.baseUrl}`,
    credential,
    `Records: ${counts.join(', ')}`,
    ...(configFile === undefined ? printed(config) : commands(configFile)),
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function printed(config: object): string[] {
  return [`Config: ${JSON.stringify(config)}`, '', 'To write the config to a file, add: --config secrets/sandbox.json'];
}

function commands(file: string): string[] {
  const run = (command: string): string => `  node dist/source-compose.js ${command} --config ${file}`;
  return [
    `Config: ${file}`,
    '',
    'In another terminal, after npm run build:',
    run('check'),
    `${run('read')} --streams deployments`,
    '',
  ];
}
