import { readCommandLine, usage } from './command-line.ts';
import { writeConfig } from './config-file.ts';
import { greeting } from './greeting.ts';
import type { Given } from './options.ts';
import { type IbmCloudSandbox, type Sandbox, startSandbox } from './server.ts';

interface Started {
  readonly sandbox: Sandbox | IbmCloudSandbox;
  readonly title: string;
  /** The token or key, with a label. */
  readonly credential: string;
  readonly config: object;
  /** The fields that `--json` prints. */
  readonly line: object;
}

const commandLine = readCommandLine(process.argv.slice(2));
if (typeof commandLine === 'string') {
  fail(commandLine, 2);
} else if (commandLine.help) {
  process.stdout.write(`${usage()}\n`);
} else {
  const { json, configFile } = commandLine;
  const { sandbox, title, credential, config, line } = await start(commandLine.options).catch(
    (error: NodeJS.ErrnoException) =>
      fail(
        `${error.message}${error.code === 'EADDRINUSE' ? '; specify another --port, or omit it to use a free one' : ''}`,
        1,
      ),
  );
  if (configFile !== undefined) {
    try {
      writeConfig(configFile, config, new URL(sandbox.baseUrl).hostname);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error), 1);
    }
  }
  const end = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  if (commandLine.exitWithStdin) process.stdin.once('end', end).once('close', end).resume();
  process.stdout.write(json ? `${JSON.stringify(line)}\n` : greeting(title, credential, sandbox, config, configFile));
}

async function start(options: Given): Promise<Started> {
  const { pid } = process;
  if (options.platform === 'ibm_cloud') {
    const sandbox = await startSandbox(options);
    const { baseUrl, apiKey, config, deploymentIds } = sandbox;
    const line = { baseUrl, apiKey, config, deploymentIds, pid };
    return { sandbox, title: 'IBM Cloud', credential: `API key: ${apiKey}`, config, line };
  }
  const sandbox = await startSandbox(options);
  const { baseUrl, token, deploymentIds } = sandbox;
  const config = { platform: { name: 'compose', api_token: token, base_url: baseUrl } };
  const line = { baseUrl, token, deploymentIds, pid };
  return { sandbox, title: 'the Compose API', credential: `Token: ${token}`, config, line };
}

function fail(message: string, code: number): never {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(code);
}
