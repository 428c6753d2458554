import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CatalogStream, SyncMode } from '../src/protocol/messages.ts';
import { ROOT } from './demo-build.ts';

/** The files that the demo leaves behind, in a folder that git ignores. */
export class DemoFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async create(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** As it is typed in the repository's folder. */
  shown(name: string): string {
    return relative(ROOT, this.path(name));
  }

  /** A config holds a token, so that nobody else may read it. */
  async writeConfig(config: object): Promise<void> {
    await this.writeJson('config.json', config);
    await chmod(this.path('config.json'), 0o600);
  }

  async writeCatalog(name: string, streams: readonly CatalogStream[]): Promise<void> {
    await this.writeJson(name, { streams: streams.map(configured) });
  }

  async writeLines(name: string, lines: readonly string[]): Promise<void> {
    await writeFile(this.path(name), lines.map((line) => `${line}\n`).join(''));
  }

  async writeJson(name: string, value: object): Promise<void> {
    await writeFile(this.path(name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  }
}

/** Incremental where the stream can, in full where it cannot. */
function configured(stream: CatalogStream): object {
  const mode: SyncMode = stream.supported_sync_modes.includes('incremental') ? 'incremental' : 'full_refresh';
  return { stream, sync_mode: mode, destination_sync_mode: mode === 'incremental' ? 'append_dedup' : 'overwrite' };
}
