// What we use of undici, each from its own file: its index loads caches, mocks and `fetch` too, 60 of 110 modules and 50 to
// 100 ms of each start.
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';

export { Agent, buildConnector, errors, Pool, request };
