import { IBM_CLOUD_STREAM_NAMES, type IbmCloudSandbox, type Sandbox, STREAM_NAMES } from './server.ts';

/** What to tell people about a stand-in for Compose that has just started: where it is, what it holds, what to paste. */
export function greeting(sandbox: Sandbox): string {
  const { baseUrl, token } = sandbox;
  const counts = sandbox.counts();
  return [
    `A stand-in for the Compose API: ${baseUrl}`,
    `Token: ${token}`,
    `Records: ${STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    ...commands(
      { platform: { name: 'compose', api_token: token, base_url: baseUrl } },
      'integration_tests/configured_catalog.json',
    ),
  ].join('\n');
}

/** The same about a stand-in for IBM Cloud. */
export function ibmCloudGreeting(sandbox: IbmCloudSandbox): string {
  const { baseUrl, apiKey, endpoints } = sandbox;
  const counts = sandbox.counts();
  return [
    `A stand-in for IBM Cloud: ${baseUrl}`,
    `API key: ${apiKey}`,
    `Records: ${IBM_CLOUD_STREAM_NAMES.map((stream) => `${stream} ${counts[stream]}`).join(', ')}`,
    ...commands({ platform: { name: 'ibm_cloud', api_key: apiKey, endpoints } }),
  ].join('\n');
}

/** All streams that are discovered, incrementally where that is possible. */
const CONFIGURE = `jq 'select(.type == "CATALOG") | {streams: [.catalog.streams[] | {stream: ., sync_mode: .supported_sync_modes[-1], destination_sync_mode: "append"}]}'`;

/** What to paste; without a catalog that fits, one is made. */
function commands(config: object, catalog?: string): string[] {
  const run = (command: string): string => `  node dist/source-compose.js ${command} --config secrets/config.json`;
  return [
    '',
    'In another terminal, after npm run build:',
    '  mkdir -p -m 700 secrets',
    `  printf '%s\\n' ${quoted(JSON.stringify(config))} > secrets/config.json`,
    run('check'),
    ...(catalog === undefined ? [`${run('discover')} | ${CONFIGURE} > secrets/catalog.json`] : [run('discover')]),
    `${run('read')} --catalog ${catalog ?? 'secrets/catalog.json'}`,
    '',
    'Ctrl-C stops it.',
    '',
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
