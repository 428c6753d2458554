import { chmodSync } from 'node:fs';
import { basename } from 'node:path';
import { Workspace } from '../workspace.ts';

/** A folder with a command's files, for a mount into a container. */
export class MountedFiles {
  readonly #workspace = new Workspace();

  constructor() {
    // Unlike this process, the container's user is anybody.
    chmodSync(this.#workspace.folder, 0o755);
  }

  /** Writes a file and says its name in the folder. */
  add(name: string, content: string | object, mode = 0o644): string {
    const path = this.#workspace.file(name, content);
    chmodSync(path, mode);
    return basename(path);
  }

  /** The option that mounts the folder read-only. */
  mount(target: string): string[] {
    return ['--volume', `${this.#workspace.folder}:${target}:ro`];
  }

  remove(): void {
    this.#workspace.remove();
  }
}
