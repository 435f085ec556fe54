import { afterAll } from 'vitest';
import { deleteAccounts } from './journey-accounts.ts';

afterAll(deleteAccounts);
