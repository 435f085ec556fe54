import { expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

it('lets one in ten requests be sent again, however many fail', { tags: ['retries'] }, () => {
  const budget = createRetryBudget();
  let retries = 0;
  for (let request = 0; request < 10_000; request += 1) {
    budget.earn();
    if (budget.spend()) retries += 1;
  }
  // What it began with is spent on top.
  expect(retries).toBeGreaterThanOrEqual(1_000);
  expect(retries).toBeLessThanOrEqual(1_010);
});

it('saves little for later', { tags: ['retries'] }, () => {
  const budget = createRetryBudget();
  for (let request = 0; request < 10_000; request += 1) budget.earn();
  let retries = 0;
  while (budget.spend()) retries += 1;
  expect(retries).toBe(10);
});
