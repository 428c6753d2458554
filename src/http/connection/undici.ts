import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

// The parts of undici that are used. The whole, with its fetch, cache and mocks, costs 40 ms of CPU at every start, and 15 MB.
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';

// undici's index adds this method and others; a tunnel through a proxy needs it.
Dispatcher.prototype.connect = connect;
