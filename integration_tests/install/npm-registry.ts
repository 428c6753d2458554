import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import manifest from '../../package.json' with { type: 'json' };

/** An npm registry that contains only this project's package. */
export interface NpmRegistry {
  url: string;
  close: () => Promise<void>;
}

/** Serves the tarball as the latest release. */
export async function startNpmRegistry(tarball: string): Promise<NpmRegistry> {
  const bytes = readFileSync(tarball);
  const { name, version, bin, engines } = manifest;
  const server: Server = createServer((request, response) => {
    if (request.url === '/tarball.tgz') return void response.end(bytes);
    if (request.url !== `/${name}`) return void response.writeHead(404).end('{}');
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const release = { name, version, bin, engines, dist: { tarball: `${url}/tarball.tgz`, integrity } };
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: release } }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
