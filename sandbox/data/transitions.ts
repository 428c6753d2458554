import { databaseOf, versionOf } from './deployments.ts';
import type { Row } from './world.ts';

/** Version changes open to a deployment (P-vers): none when it is up to date. */
export const transitions = (deployment: number): Row[] => {
  const { type, versions } = databaseOf(deployment);
  const from_version = versionOf(deployment);
  const newer = versions.slice(versions.findIndex((version) => version === from_version) + 1);
  return newer.flatMap((to_version) => {
    const row = { application: type, method: 'in_place', from_version, to_version };
    return to_version === newer.at(-1) ? [row, { ...row, method: 'restore' }] : [row];
  });
};
