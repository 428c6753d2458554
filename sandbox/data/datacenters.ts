import type { Row } from './world.ts';

const SLUGS = [
  'aws:us-east-1',
  'aws:us-west-2',
  'aws:eu-west-1',
  'aws:eu-central-1',
  'aws:ap-southeast-2',
  'gce:us-east1',
  'gce:europe-west1',
  'softlayer:dallas-1',
] as const;

/** Places to deploy to; neither id nor date (go datacenter.go). */
export const datacenters = (): Row[] =>
  SLUGS.map((slug) => {
    const [provider, region] = slug.split(':');
    return { region, provider, slug };
  });
