import { readCommandLine, usage } from './command-line.ts';
import { greeting } from './greeting.ts';
import { type Sandbox, startSandbox } from './server.ts';

const commandLine = readCommandLine(process.argv.slice(2));
if (typeof commandLine === 'string') {
  fail(commandLine, 2);
} else if (commandLine.help) {
  process.stdout.write(`${usage()}\n`);
} else {
  const sandbox = await startSandbox(commandLine.options).catch((error: Error) => fail(error.message, 1));
  const end = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  if (commandLine.exitWithStdin) process.stdin.once('end', end).once('close', end).resume();
  process.stdout.write(commandLine.json ? line(sandbox) : greeting(sandbox));
}

function line({ baseUrl, token, deploymentIds }: Sandbox): string {
  return `${JSON.stringify({ baseUrl, token, deploymentIds, pid: process.pid })}\n`;
}

function fail(message: string, code: number): never {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(code);
}
