// Environment variables to a frozen, typed configuration. Depends on packages/schema alone.
export { consumerVariables } from './consumer-variables.ts';
export { databaseVariables } from './database-variables.ts';
export { eventVariables } from './event-variables.ts';
export { idempotencyVariables } from './idempotency-variables.ts';
export { parseNetworks } from './networks.ts';
export { originVariable } from './origin-variable.ts';
export { ConfigError, parseConfig, parseTogether, type Config } from './parse-config.ts';
export { passwordVariables } from './password-variables.ts';
export { serverVariables } from './server-variables.ts';
export { tokenVariables, verifierVariables } from './token-variables.ts';
