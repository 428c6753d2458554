import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ENDPOINTS, type EndpointName, endpointAt, endpointProblem } from './endpoints.ts';

const names = Object.keys(DEFAULT_ENDPOINTS) as EndpointName[];

test.each(names)('the default address of %s is valid', (name) => {
  expect(endpointProblem(name, DEFAULT_ENDPOINTS[name])).toBeUndefined();
});

describe('a configured address', () => {
  test.each<[EndpointName, string]>([
    ['iam', 'https://private.iam.cloud.ibm.com'],
    ['iam', 'http://127.0.0.1:8080/iam'],
    ['resource_controller', 'http://localhost:8080'],
    ['databases', 'https://api.{region}.private.databases.cloud.ibm.com/v5/ibm'],
    ['databases', 'http://localhost:8080/databases/{region}/v5/ibm'],
    ['logs', 'http://localhost/{region}/{instance}'],
  ])('of %s may be %s', (name, text) => {
    expect(endpointProblem(name, text)).toBeUndefined();
  });

  test.each<[EndpointName, string, string]>([
    ['databases', 'https://databases.example.test/v5/ibm', 'must contain {region}, the placeholder for the region'],
    ['databases', 'https://api.{Region}.example.test', 'must contain {region}, the placeholder for the region'],
    ['logs', 'https://{instance}.logs.example.test', 'must contain {region}, the placeholder for the region'],
    ['logs', 'https://{region}.logs.example.test', 'must contain {instance}, the placeholder for the instance'],
    ['iam', 'iam.cloud.ibm.com', 'must be a URL such as https://iam.cloud.ibm.com'],
    ['iam', '', 'must be a URL such as https://iam.cloud.ibm.com'],
    ['iam', 'ftp://iam.cloud.ibm.com', 'must begin with https://'],
    ['iam', 'https://user:password@iam.cloud.ibm.com', 'must not contain a username or password'],
    ['iam', 'https://iam.cloud.ibm.com/?a=b', 'must not contain a query'],
    ['iam', 'http://iam.cloud.ibm.com', 'plain HTTP is accepted only for loopback'],
    ['databases', 'http://api.{region}.databases.cloud.ibm.com', 'plain HTTP is accepted only for loopback'],
  ])('of %s must not be %s', (name, text, problem) => {
    expect(endpointProblem(name, text)).toContain(problem);
  });

  test('is not quoted in the error, since it may contain a password', () => {
    for (const text of ['https://user:hunter2@host', 'hunter2', 'ftp://hunter2', 'http://hunter2.example.test']) {
      expect(endpointProblem('iam', text)).not.toContain('hunter2');
    }
  });
});

test('the region replaces the placeholder, wherever the address contains it', () => {
  expect(endpointAt(DEFAULT_ENDPOINTS.databases, 'eu-de')).toBe('https://api.eu-de.databases.cloud.ibm.com/v5/ibm');
  expect(endpointAt('http://{region}.localhost/{region}/v5/ibm', 'eu-de')).toBe('http://eu-de.localhost/eu-de/v5/ibm');
});

const EXAMPLES = ['compose/sandbox.env', 'insights/insights.py', 'meltano/meltano.yml'];

test.each(EXAMPLES)('the example %s sends all requests to its sandbox and none to IBM', (path) => {
  const text = readFileSync(new URL(`../../../../examples/${path}`, import.meta.url), 'utf8');
  // Without Logs instances, no request is sent to the `logs` endpoint.
  for (const name of names.filter((each) => each !== 'logs'))
    expect(text).toMatch(new RegExp(`\\b${name}"?: ?"?(http|/)`));
});
