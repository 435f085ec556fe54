// Every error the system answers with. Depends on the contracts' types alone.
export { catalogue, type ErrorCode } from './catalogue.ts';
export * from './problems.ts';
