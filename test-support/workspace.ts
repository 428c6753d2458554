import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder with the files that a client writes for a command. */
export class Workspace {
  readonly folder: string;
  #files = 0;

  constructor(name = 'test') {
    this.folder = mkdtempSync(join(tmpdir(), `source-compose-${name}-`));
  }

  /** Writes a file of its own, whatever has been written before, and gives its path. Objects are written as JSON. */
  file(name: string, content: string | object): string {
    return this.put(`${(this.#files += 1)}-${name}`, content);
  }

  /** Writes the file of exactly this name, which may lie in a subfolder, and gives its path. */
  put(name: string, content: string | object): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Lets every user of this machine look into the folder: a container's user, and that of a server, is not ours. */
  openToAll(): this {
    chmodSync(this.folder, 0o755);
    return this;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
