import { afterAll, inject } from 'vitest';
import { deleteAccounts, forgetAccounts } from './journey-accounts.ts';

// An account costs a password hash to delete, as it did to make.
afterAll(inject('isOwnStack') ? forgetAccounts : deleteAccounts);
