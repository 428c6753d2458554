import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import type { RunOptions } from './run-connector.ts';
import { type ConfiguredCatalog, type ReadResult, Workspace, catalogOf } from './workspace.ts';

export interface Sandboxed {
  sandbox: Sandbox;
  workspace: Workspace;
  /** Reads everything in full, unless told otherwise. */
  read: (more?: {
    config?: object;
    catalog?: ConfiguredCatalog;
    state?: object;
    run?: RunOptions;
  }) => Promise<ReadResult>;
}

/** Runs a test with a sandbox and a workspace of its own, and clears both away. */
export async function sandboxed<T>(
  options: Partial<SandboxOptions> & { faults?: readonly Fault[] },
  test: (given: Sandboxed) => Promise<T>,
): Promise<T> {
  const sandbox = await startSandbox(options);
  const workspace = new Workspace();
  const read: Sandboxed['read'] = ({ config, catalog, state, run } = {}) =>
    workspace.read(
      { api_token: sandbox.token, base_url: sandbox.baseUrl, ...config },
      catalog ?? catalogOf('full_refresh'),
      state,
      run,
    );
  try {
    return await test({ sandbox, workspace, read });
  } finally {
    workspace.remove();
    await sandbox.close();
  }
}
