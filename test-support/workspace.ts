import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export class Workspace {
  readonly folder: string;
  #files = 0;

  constructor(name = 'test') {
    this.folder = mkdtempSync(join(tmpdir(), `source-compose-${name}-`));
  }

  /** Writes a new file under a unique name, and returns its path. Objects are written as JSON. */
  file(name: string, content: string | object): string {
    return this.put(`${(this.#files += 1)}-${name}`, content);
  }

  /** Writes a file with exactly this name, which may be in a subfolder, and returns its path. */
  put(name: string, content: string | object): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Lets every user of this machine read the folder, including users in containers. */
  openToAll(): this {
    chmodSync(this.folder, 0o755);
    return this;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
