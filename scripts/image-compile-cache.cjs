// The image preloads this file (NODE_OPTIONS), so that every start uses the compiled code in the image.
//
// Node.js keeps compiled code in a folder named after its version, the CPU's features and the user ID, and creates the folder if needed. A
// container can run as any user, often on a read-only file system, so the image can't contain a folder for every user. Instead, each
// process creates a folder in shared memory, where containers can write, with a link to the image's compiled code. The folder is private,
// so that no other user can put code into it. V8 verifies that the compiled code matches the program.
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
  // Without free shared memory, the program compiles its code at each start, which takes about ten milliseconds.
}
