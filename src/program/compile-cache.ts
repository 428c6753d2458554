/**
 * Caches compiled code to speed up the next start. Call this just before loading a command's code: `spec` and `--help` load no such
 * code, so they start faster without the cache.
 */
export function enableCompileCache(): void {
  process.getBuiltinModule('node:module').enableCompileCache?.();
}
