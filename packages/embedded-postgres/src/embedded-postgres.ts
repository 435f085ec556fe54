export { EmbeddedPostgresError } from './embedded-postgres-error.ts';
export { startEmbeddedPostgres } from './start-embedded-postgres.ts';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './start-embedded-postgres.ts';
export { readProcessFacts } from './process-facts.ts';
