import { join } from 'node:path';
import { type Finished, run } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../../test-support/python.ts';
import type { Workspace } from '../../test-support/workspace.ts';

// Runs Debian's Chromium from the command line.

/** On a busy machine, Chromium may take this long to load fonts. */
const TIMEOUT_MS = 120_000;

async function chromium(args: readonly string[]): Promise<Finished> {
  const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--enable-logging=stderr'];
  const finished = await run('chromium', [...quiet, ...args], { timeoutMs: TIMEOUT_MS });
  if (finished.exitCode !== 0) throw new Error(`Chromium ended with ${finished.exitCode}:\n${finished.stderr}`);
  return finished;
}

/** Returns the page's width in frames of the given widths, and its console output. */
export async function widthsIn(
  workspace: Workspace,
  html: string,
  frames: readonly number[],
): Promise<{ widths: number[]; console: string[] }> {
  const attribute = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const script = `onload = () => document.body.dataset.widths = [...document.querySelectorAll('iframe')].map((frame) =>
    frame.contentDocument.documentElement.scrollWidth)`;
  const shown = frames.map((width) => `<iframe style="border: 0; width: ${width}px" srcdoc="${attribute}"></iframe>`);
  const file = workspace.file('frames.html', `<!doctype html><body>${shown.join('')}<script>${script}</script>`);
  const { stdout, stderr } = await chromium(['--dump-dom', `file://${file}`]);
  const measured = /data-widths="([\d,]+)"/.exec(stdout)?.[1] ?? '';
  return { widths: measured.split(',').map(Number), console: stderr.match(/.*CONSOLE.*/g) ?? [] };
}

export async function screenshot(html: string, [width, height]: readonly [number, number], png: string): Promise<void> {
  await chromium([`--window-size=${width},${height}`, `--screenshot=${png}`, `file://${html}`]);
}

const COMPARE = `
import sys
from PIL import Image, ImageChops, ImageStat
first, second = (Image.open(path).convert("RGB").resize((50, 90), Image.Resampling.BOX) for path in sys.argv[1:])
print(sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3 / 255)
`;

/** How different two images look at low resolution, from 0 (identical) to 1 (one is white, the other black). */
export async function difference(first: string, second: string): Promise<number> {
  const python = join(await environment('clients'), 'python');
  const { stdout } = await run(python, ['-c', COMPARE, first, second], PYTHON_OPTIONS);
  return Number(stdout);
}
