import { spawn } from 'node:child_process';
import type { Finished } from '../run-connector.ts';

/** The image under test, and its base alone; build-image.ts makes both. */
export const IMAGE = 'source-compose:test';
export const BASE_IMAGE = 'source-compose:test-base';

/** The strictest way to run a container: a user that no image knows, and no rights but to reach the network. */
export const HARDENED = [
  ...['--user', '12345:12345', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  // The sandbox listens on this machine alone.
  ...['--network', 'host'],
];

/** Runs one docker command and waits for its end. */
export async function docker(args: string[], input = ''): Promise<Finished> {
  const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stdout: Buffer.concat(chunks).toString('utf8'), stderr });
    });
  });
}

/** What a docker command prints; it must succeed. */
export async function dockerOutput(args: string[], input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await docker(args, input);
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')} exited with ${exitCode}: ${stderr}`);
  return stdout.trim();
}

/** Runs the image's own entrypoint in a container that is gone afterwards. */
export function runImage(options: string[], command: string[]): Promise<Finished> {
  return docker(['run', '--rm', ...options, IMAGE, ...command]);
}

/** Runs a script by the image's `sh`, as Airbyte does; what it prints is the answer. */
export function runShell(options: string[], script: string): Promise<Finished> {
  return docker(['run', '--rm', ...options, '--entrypoint', 'sh', IMAGE, '-c', script]);
}
