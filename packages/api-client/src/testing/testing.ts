// For the tests of whoever uses the client.
export { openLossyProxy, type LossyProxy } from './lossy-proxy.ts';
