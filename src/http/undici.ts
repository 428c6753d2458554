import type * as undici from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgentPart from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import PoolPart from 'undici/lib/dispatcher/pool.js';

// The two parts of undici that are needed. All of it, with its fetch, cache and mocks, was measured as 20 ms more at
// every start. Its index gives dispatchers their other methods; a tunnel through a proxy needs this one.
Dispatcher.prototype.connect = connect;

export const Pool: typeof undici.Pool = PoolPart;
export const EnvHttpProxyAgent: typeof undici.EnvHttpProxyAgent = EnvHttpProxyAgentPart;
