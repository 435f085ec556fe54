// The shape of errors, and those that every service has. Depends on the contracts' types alone.
export { defineErrors, type ErrorDefinition } from './define-errors.ts';
export { Problem } from './problem.ts';
export * from './shared-errors.ts';
