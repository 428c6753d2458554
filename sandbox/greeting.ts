import { IBM_CLOUD_STREAM_NAMES, type IbmCloudSandbox, type Sandbox, STREAM_NAMES } from './server.ts';

/** What a person sees when a sandbox for Compose has started: its address, its records, commands to paste. */
export function greeting(sandbox: Sandbox): string {
  const { baseUrl, token } = sandbox;
  const counts = sandbox.counts();
  return [
    `A sandbox for the Compose API: ${baseUrl}`,
    `Token: ${token}`,
    `Records: ${STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    ...commands({ platform: { name: 'compose', api_token: token, base_url: baseUrl } }),
  ].join('\n');
}

/** The same for IBM Cloud. */
export function ibmCloudGreeting(sandbox: IbmCloudSandbox): string {
  const { baseUrl, apiKey, config } = sandbox;
  const counts = sandbox.counts();
  return [
    `A sandbox for IBM Cloud: ${baseUrl}`,
    `API key: ${apiKey}`,
    `Records: ${IBM_CLOUD_STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    ...commands(config),
  ].join('\n');
}

/** What to paste. */
function commands(config: object): string[] {
  const run = (command: string): string => `  node dist/source-compose.js ${command} --config secrets/config.json`;
  return [
    '',
    'In another terminal, after npm run build:',
    '  mkdir -p -m 700 secrets',
    `  printf '%s\\n' ${quoted(JSON.stringify(config))} > secrets/config.json`,
    run('check'),
    `${run('read')} --streams all`,
    '',
    'Ctrl-C stops it.',
    '',
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
