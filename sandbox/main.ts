import { readCommandLine, usage } from './command-line.ts';
import { greeting, ibmCloudGreeting } from './greeting.ts';
import type { Given } from './options.ts';
import { startSandbox } from './server.ts';

/** What has been started, as the rest of the program needs it. */
interface Started {
  /** For people. */
  readonly greeting: string;
  /** For programs. */
  readonly line: object;
  close(): Promise<void>;
}

const commandLine = readCommandLine(process.argv.slice(2));
if (typeof commandLine === 'string') {
  fail(commandLine, 2);
} else if (commandLine.help) {
  process.stdout.write(`${usage()}\n`);
} else {
  const sandbox = await start(commandLine.options).catch((error: NodeJS.ErrnoException) =>
    fail(`${error.message}${error.code === 'EADDRINUSE' ? '; give another --port, or none for a free one' : ''}`, 1),
  );
  const end = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  if (commandLine.exitWithStdin) process.stdin.once('end', end).once('close', end).resume();
  process.stdout.write(commandLine.json ? `${JSON.stringify(sandbox.line)}\n` : sandbox.greeting);
}

async function start(options: Given): Promise<Started> {
  const { pid } = process;
  if (options.platform === 'ibm_cloud') {
    const sandbox = await startSandbox(options);
    const { baseUrl, apiKey, config, deploymentIds } = sandbox;
    const line = { baseUrl, apiKey, config, deploymentIds, pid };
    return { greeting: ibmCloudGreeting(sandbox), line, close: () => sandbox.close() };
  }
  const sandbox = await startSandbox(options);
  const { baseUrl, token, deploymentIds } = sandbox;
  return { greeting: greeting(sandbox), line: { baseUrl, token, deploymentIds, pid }, close: () => sandbox.close() };
}

function fail(message: string, code: number): never {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(code);
}
