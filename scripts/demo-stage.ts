import type { Sandbox } from '../sandbox/server.ts';
import { PROGRAM } from './demo-build.ts';
import type { DemoFiles } from './demo-files.ts';
import { runProgram } from './demo-program.ts';
import { dim } from './demo-text.ts';

/** The options of a command, each with the name of a file in the demo's folder. */
type FileOptions = Readonly<Partial<Record<'config' | 'catalog' | 'state', string>>>;

/** What every step of the demo works with. */
export interface Stage {
  files: DemoFiles;
  sandbox: Sandbox;
  print: (text: string) => void;
  /** Runs a command of the program, having shown it as one would type it. */
  run: (command: string, options: FileOptions, output: string) => Promise<void>;
}

const WIDEST = 98;

/** The stage for a demo that can be stopped by the signal. */
export function openStage(
  sandbox: Sandbox,
  files: DemoFiles,
  print: (text: string) => void,
  signal: AbortSignal,
): Stage {
  const run: Stage['run'] = async (command, options, output) => {
    const named = Object.entries(options);
    const shown = named.map(([option, name]) => `--${option} ${files.shown(name)}`);
    print(`\n${dim(wrapped(`$ node ${PROGRAM} ${command}`, [...shown, `> ${files.shown(output)}`]))}`);
    const args = named.flatMap(([option, name]) => [`--${option}`, files.path(name)]);
    await runProgram([command, ...args], files.path(output), signal);
  };
  return { files, sandbox, print, run };
}

/** The words in one line, or in several where a shell lets them be broken. */
function wrapped(start: string, words: readonly string[]): string {
  let text = start;
  let width = start.length;
  for (const word of words) {
    const fits = width + 1 + word.length <= WIDEST;
    text += fits ? ` ${word}` : ` \\\n    ${word}`;
    width = fits ? width + 1 + word.length : 4 + word.length;
  }
  return text;
}
