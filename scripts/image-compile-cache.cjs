// Preloaded by the image (NODE_OPTIONS), so that every start uses the compiled code that the image brings along.
//
// Node keeps compiled code in a folder that is named after its release, the processor's features and the user id, and
// makes it if need be. A container runs as anybody, often on a read-only file system, so the image cannot hold a folder
// for each. This one gets a link of its own instead, in the shared memory that containers can write to. The folder is
// new and private, so that no other user can put code into it. V8 checks for itself whether the code fits.
const { mkdtempSync, rmSync, symlinkSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { cachedDataVersionTag } = require('node:v8');

try {
  const folder = mkdtempSync('/dev/shm/compile-cache-');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tag = cachedDataVersionTag().toString(16).padStart(8, '0');
  symlinkSync('/airbyte/compile_cache', `${folder}/${process.version}-${process.arch}-${tag}-${process.getuid()}`);
  enableCompileCache(folder);
} catch {
  // No shared memory, or a full one: the program compiles its code at each start, ten milliseconds or so.
}
