import { type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import { VERSION } from '../src/version.ts';
import { DemoFiles } from './demo-files.ts';
import { openStage } from './demo-stage.ts';
import { playAll } from './demo-steps.ts';
import { bold, red } from './demo-text.ts';

export interface DemoOptions {
  /** A word on the program that is shown: just built, or not. */
  program: string;
  folder: string;
  sandbox: Partial<SandboxOptions>;
  print: (text: string) => void;
  signal: AbortSignal;
}

/** Shows the connector at work on a stand-in of the Compose API. False if what it read is not what the API holds. */
export async function runDemo({ program, folder, sandbox: options, print, signal }: DemoOptions): Promise<boolean> {
  print(`\n${bold(`source-compose ${VERSION}`)}\n`);
  print(`  program  ${program}`);
  const files = new DemoFiles(folder);
  await files.create();
  const sandbox = await startSandbox(options);
  try {
    print(`  API      ${sandbox.baseUrl}, a stand-in: Compose itself closed on 1 March 2023`);
    await files.writeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100 });
    const problems = await playAll(openStage(sandbox, files, print, signal));
    for (const problem of problems) print(red(`\n  ${problem}`));
    if (problems.length === 0) print(farewell(files));
    return problems.length === 0;
  } finally {
    await sandbox.close();
  }
}

function farewell(files: DemoFiles): string {
  const lines = [
    ['config.json', "the config, with the stand-in's token"],
    ['catalog.json', 'the configured catalog, which fits every account'],
    ['read.jsonl', 'what read printed: one JSON message a line'],
    ['state.jsonl', 'the STATE lines of it, from which the second read went on'],
  ] as const;
  const list = lines.map(([name, what]) => `    ${files.shown(name).padEnd(22)} ${what}`).join('\n');
  return `\n  What was written:\n${list}\n\n  To try it by hand, against a stand-in that stays up: npm run sandbox\n`;
}
