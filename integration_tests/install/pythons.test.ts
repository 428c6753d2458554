import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import spec from '../../spec.json' with { type: 'json' };
import { ROOT } from '../../test-support/connector.ts';
import { findPython, installInto } from '../../test-support/python.ts';
import { firstOf, messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { startInstalled, wheelIn } from './methods.ts';

/** The Python versions in the wheel's metadata. */
const RELEASES = [...readFileSync(join(ROOT, 'python', 'pyproject.toml'), 'utf8').matchAll(/Python :: (3\.\d+)"/g)].map(
  ([, release]) => release ?? '',
);

test('the wheel supports Python 3.10 to 3.14', () => {
  expect(RELEASES).toEqual(['3.10', '3.11', '3.12', '3.13', '3.14']);
});

// The CI workflow on GitHub installs all of these versions. On other machines, tests of missing versions are reported as skipped.
for (const release of RELEASES) {
  test(`the wheel runs on Python ${release}`, async ({ skip }) => {
    const python = await findPython(release);
    if (python === undefined && process.env['GITHUB_ACTIONS'] === undefined) {
      console.warn(`The wheel was not tested on Python ${release}, which this machine doesn't have.`);
      return skip();
    }
    expect(python).toBeDefined();
    const folder = new Workspace('python');
    try {
      const { wheels: links } = inject('artifacts');
      const installation = wheelIn(
        await installInto(join(folder.folder, 'venv'), { python: python ?? '', name: manifest.name, links }),
      );
      const started = await startInstalled(installation, 'source-compose', ['spec'], folder).finished;
      expect([started.exitCode, started.stderr]).toEqual([0, '']);
      expect(firstOf(messagesOf(started.stdout), 'SPEC').spec).toEqual(spec);
      const tap = await startInstalled(installation, 'tap-compose', ['--version'], folder).finished;
      expect(tap).toMatchObject({ exitCode: 0, stdout: `tap-compose ${manifest.version}\n` });
    } finally {
      folder.remove();
    }
  });
}
