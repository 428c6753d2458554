import { IBM_CLOUD_STREAM_NAMES, type IbmCloudSandbox, type Sandbox, STREAM_NAMES } from './server.ts';

/** What to tell people about a stand-in for Compose that has just started: where it is, what it holds, what to paste. */
export function greeting(sandbox: Sandbox): string {
  const { baseUrl, token } = sandbox;
  const counts = sandbox.counts();
  return [
    `A stand-in for the Compose API: ${baseUrl}`,
    `Token: ${token}`,
    `Records: ${STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    ...commands({ platform: { name: 'compose', api_token: token, base_url: baseUrl } }),
  ].join('\n');
}

/** The same about a stand-in for IBM Cloud. */
export function ibmCloudGreeting(sandbox: IbmCloudSandbox): string {
  const counts = sandbox.counts();
  return [
    `A stand-in for IBM Cloud: ${sandbox.baseUrl}`,
    `API key: ${sandbox.apiKey}`,
    `Records: ${IBM_CLOUD_STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    `Config: ${JSON.stringify(sandbox.config)}`,
    '',
    'The connector does not read this platform yet: so far it is for IBM clients alone.',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function commands(config: object): string[] {
  const run = (command: string): string => `  node dist/source-compose.js ${command} --config secrets/config.json`;
  return [
    '',
    'In another terminal, after npm run build:',
    '  mkdir -p -m 700 secrets',
    `  printf '%s\\n' ${quoted(JSON.stringify(config))} > secrets/config.json`,
    run('check'),
    run('discover'),
    `${run('read')} --catalog integration_tests/configured_catalog.json`,
    '',
    'Ctrl-C stops it.',
    '',
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
