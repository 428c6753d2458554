import type { Sandbox } from './server.ts';

/** What to tell people about a sandbox that has just started: where it is, what it holds, and what to paste. */
export function greeting(sandbox: Sandbox): string {
  const { baseUrl, token } = sandbox;
  const counts = Object.entries(sandbox.counts()).map(([stream, count]) => `${stream} ${count}`);
  const config = JSON.stringify({ platform: { name: 'compose', api_token: token, base_url: baseUrl } });
  const run = (command: string): string => `  node dist/source-compose.js ${command} --config config.json`;
  return [
    `A stand-in for the Compose API: ${baseUrl}`,
    `Token: ${token}`,
    `Records: ${counts.join(', ')}`,
    '',
    'In another terminal, after npm run build:',
    `  printf '%s\\n' ${quoted(config)} > config.json`,
    run('check'),
    run('discover'),
    `${run('read')} --catalog integration_tests/configured_catalog.json`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
