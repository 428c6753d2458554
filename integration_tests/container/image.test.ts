import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ROOT, programPath } from '../../test-support/connector.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { BASE_IMAGE, IMAGE, dockerOutput, runShell } from './docker.ts';

interface Inspected {
  Size: number;
  RootFS: { Layers: string[] };
  Config: {
    User: string;
    Env: string[];
    Labels: Record<string, string>;
    Entrypoint: string[];
    Cmd: string[] | null;
  };
}

const PROGRAM = basename(programPath());
const ADDED_LIMIT = 8_000_000;
const inspect = async (name: string): Promise<Inspected> =>
  (JSON.parse(await dockerOutput(['image', 'inspect', name])) as [Inspected])[0];

let image: Inspected;
let base: Inspected;
beforeAll(async () => {
  image = await inspect(IMAGE);
  base = await inspect(BASE_IMAGE);
});

describe('the metadata of the image', () => {
  it('the image has its name and version in the labels that Airbyte and registries use', () => {
    expect(image.Config.Labels).toMatchObject({
      'io.airbyte.name': manifest.name,
      'io.airbyte.version': manifest.version,
      'org.opencontainers.image.title': manifest.name,
      'org.opencontainers.image.version': manifest.version,
      'org.opencontainers.image.licenses': manifest.license,
      'org.opencontainers.image.description': manifest.description,
    });
  });

  it('the entrypoint runs node with absolute paths, and AIRBYTE_ENTRYPOINT matches it', () => {
    const { Entrypoint, Cmd, Env } = image.Config;
    expect(Entrypoint).toEqual(['/usr/local/bin/node', `/airbyte/integration_code/${PROGRAM}`]);
    expect(Cmd ?? []).toEqual([]);
    expect(Env).toContain(`AIRBYTE_ENTRYPOINT=${Entrypoint.join(' ')}`);
  });

  it('the image identifies its user by number, because runAsNonRoot rejects names', () => {
    expect(image.Config.User).toBe('1000:1000');
  });
});

describe('the content of the image', () => {
  it('the image adds less than 8 MB to its base', () => {
    expect(image.RootFS.Layers.slice(0, base.RootFS.Layers.length)).toEqual(base.RootFS.Layers);
    expect(image.Size - base.Size).toBeGreaterThan(0);
    expect(image.Size - base.Size).toBeLessThan(ADDED_LIMIT);
  });

  it('the image adds only the built program and its compiled code', async () => {
    // The image adds two layers: one with the program's files, and one with the links to both executables.
    expect(image.RootFS.Layers).toHaveLength(base.RootFS.Layers.length + 2);
    const { stdout } = await runShell([], 'cd /airbyte && find . -type f');
    const found = stdout.trim().split('\n');
    const program = readdirSync('dist').filter((name) => name.endsWith('.js'));
    const ofProgram = found.filter((path) => !path.startsWith('./compile_cache/'));
    expect(ofProgram.toSorted()).toEqual(
      [...program, 'image-compile-cache.cjs', 'package.json', 'THIRD_PARTY_LICENSES.txt']
        .map((name) => `./integration_code/${name}`)
        .toSorted(),
    );
    expect(found.length - ofProgram.length).toBe(program.length);

    const shipped = await runShell([], `cat /airbyte/integration_code/${PROGRAM}`);
    expect(shipped.stdout.replace(/^\/\/# sourceMappingURL=.*$/m, '')).toBe(
      readFileSync(programPath(), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''),
    );
  });

  it('only root can change the files of the image', async () => {
    const { stdout } = await runShell([], 'find /airbyte ! -type l -perm /022; find /airbyte ! -user root');
    expect(stdout).toBe('');
  });

  it('the image has the tools that Airbyte and debugging require', async () => {
    const { exitCode, stderr } = await runShell(
      [],
      'for tool in sh sleep kill mv touch cat; do command -v $tool || exit 1; done',
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('the build context', () => {
  it('the build context contains only files that the Dockerfile copies, so no config, token or test', async () => {
    const workspace = new Workspace('context');
    try {
      await dockerOutput(['build', '--output', workspace.folder, '--file', '-', ROOT], 'FROM scratch\nCOPY . /\n');
      expect(readdirSync(workspace.folder).toSorted()).toEqual([
        'docs',
        'package-lock.json',
        'package.json',
        'rolldown.config.ts',
        'scripts',
        'spec.json',
        'src',
        'tsconfig.json',
      ]);
      const sources = readdirSync(join(workspace.folder, 'src'), { recursive: true, encoding: 'utf8' });
      expect(sources.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
    } finally {
      workspace.remove();
    }
  });
});
