import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import nodes from '../node/package.json' with { type: 'json' };
import manifest from '../package.json' with { type: 'json' };
import { VERSION_PLACES } from '../scripts/version-places.ts';
import spec from '../spec.json' with { type: 'json' };
import { DEFAULT_BASE_URL } from '../src/platforms/compose/config.ts';
import { DEFAULT_ENDPOINTS } from '../src/platforms/ibm-cloud/api/endpoints.ts';
import { STREAMS } from '../src/streams.ts';

interface Metadata {
  name: string;
  definitionId: string;
  dockerRepository: string;
  dockerImageTag: string;
  documentationUrl: string;
  license: string;
  icon: string;
  protocolVersion: string;
  allowedHosts: { hosts: string[] };
  releases: { migrationDocumentationUrl: string };
  suggestedStreams: { streams: string[] };
}

const text = (path: string): string => readFileSync(path, 'utf8');
const { data } = parse(text('metadata.yaml')) as { data: Metadata };
const dockerfile = text('Dockerfile');

describe('metadata.yaml', () => {
  it('metadata.yaml and the code have the same name, license, release, protocol version and documentation URL', () => {
    expect(data).toMatchObject({
      name: spec.connectionSpecification.title,
      dockerRepository: manifest.name,
      dockerImageTag: manifest.version,
      license: manifest.license,
      protocolVersion: spec.protocol_version,
      documentationUrl: spec.documentationUrl,
    });
  });

  it('the definitionId in metadata.yaml never changes', () => {
    expect(data.definitionId).toBe('0ecd53eb-15a6-4922-a9df-84798cc13579');
  });

  it('metadata.yaml and the page for IBM Cloud list every host that the connector contacts', () => {
    const ofIbm = Object.values(DEFAULT_ENDPOINTS).map((address) => address.split('/')[2] ?? '');
    const wildcards = ofIbm.map((host) => host.replace(/^.*}/, '*'));
    const ofCompose = [new URL(DEFAULT_BASE_URL).hostname, '${platform.base_url}'];
    expect(data.allowedHosts.hosts.toSorted()).toEqual([...wildcards, ...ofCompose].toSorted());
    const page = text('docs/sources/ibm-cloud.md');
    for (const host of ofIbm) {
      expect(page).toContain(`| \`${host.replaceAll(/{(\w+)}/g, (_, name: string) => name.toUpperCase())}\``);
    }
  });

  it('metadata.yaml links to the page that announces breaking changes', () => {
    const url = data.releases.migrationDocumentationUrl;
    expect(text(url.replace(/^.*\/blob\/main\//, ''))).toContain('# Migration guides');
  });

  it('metadata.yaml suggests every stream except deployments_addons, which is unverified', () => {
    const names = new Set(Object.values(STREAMS).flatMap((streams) => streams.map(({ name }) => name)));
    names.delete('deployments_addons');
    expect(data.suggestedStreams.streams).toEqual([...names].toSorted());
  });
});

describe('the version', () => {
  it.each([...VERSION_PLACES])('the version in $file matches package.json', ({ file, pattern }) => {
    const found = text(file).match(pattern) ?? [];
    expect(new Set(found)).toEqual(new Set([manifest.version]));
  });

  it('the changelogs contain the version', () => {
    expect(text('CHANGELOG.md')).toContain(`## [${manifest.version}] - `);
    expect(text('docs/sources/compose.md')).toContain(`| ${manifest.version} `);
  });
});

describe('the Dockerfile', () => {
  it.each([
    ['io.airbyte.name', data.dockerRepository],
    ['org.opencontainers.image.title', manifest.name],
    ['org.opencontainers.image.description', manifest.description],
    ['org.opencontainers.image.licenses', manifest.license],
    ['org.opencontainers.image.documentation', data.documentationUrl],
  ])('the Dockerfile labels the image with %s', (label, value) => {
    expect(dockerfile).toContain(`${label}="${value}"`);
  });
});

describe('the icon', () => {
  it('the icon is square and loads no other files', () => {
    const icon = text(data.icon);
    expect(icon).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="(\d+)" height="\1" viewBox="0 0 \1 \1">/,
    );
    expect(icon).not.toMatch(/<image|<script|href/);
  });
});

describe('the Node.js version', () => {
  it('package.json, CI and the README have the same range of Node.js versions', () => {
    const [, oldest = 'none'] = /^>=(\d+\.\d+)$/.exec(manifest.engines.node) ?? [];
    expect(text('.github/workflows/ci.yml')).toContain(`node: ['${oldest}', '${text('.node-version').trim()}']`);
    expect(text('README.md')).toContain(oldest);
  });

  it('development, the image and the dev container use the same Node.js release line', () => {
    const line = text('.node-version').trim();
    expect(dockerfile).toMatch(new RegExp(`^FROM node:${line}-slim@sha256:[0-9a-f]{64} AS base$`, 'm'));
    expect(text('.devcontainer/devcontainer.json')).toContain(`javascript-node:${line}"`);
    for (const version of Object.values(nodes.optionalDependencies)) expect(version.split('.')[0]).toBe(line);
  });
});

describe('the workflows', () => {
  it("workflows pin third-party actions by commit, and mention each action's version", () => {
    const used = globSync('.github/workflows/*.yml').flatMap(
      (file) => text(file).match(/^.*\buses: (?!\$\/).*$/gm) ?? [],
    );
    expect(used.length).toBeGreaterThan(5);
    for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});
