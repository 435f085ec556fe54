import { afterAll, inject } from 'vitest';
import { deleteAccounts } from './journey-accounts.ts';

// Not on a stack that ends with the run: an account costs a password hash to delete, as it did to make.
if (!inject('isOwnStack')) afterAll(deleteAccounts);
