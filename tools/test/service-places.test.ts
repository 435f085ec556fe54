import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceEntry } from '@tasktracker/contracts/services';
import { describe, expect, it } from 'vitest';
import { missingLines, servicePlaces, type PlacedService } from '../src/new-service/service-places.ts';

const root = join(import.meta.dirname, '../..');
const entries: readonly ServiceEntry[] = services;
const placed = entries.flatMap((entry) => (entry.prefix === undefined ? [] : { ...entry, prefix: entry.prefix }));
const last = entries.at(-1)?.name ?? '';
const strange: PlacedService = {
  name: 'strange',
  prefix: '/api/v1/strange',
  port: 8999,
  database: true,
  calls: ['user'],
};

describe.each(servicePlaces)('$file', (place) => {
  const text = readFileSync(join(root, place.file), 'utf8');

  it('has the lines of each service in the list', () => {
    expect(placed.flatMap((service) => missingLines(place, text, service))).toEqual([]);
  });

  it('would be reported to lack each line of a service that is not there', () => {
    const missing = missingLines(place, text, strange);
    expect(missing).toHaveLength(Object.keys(place.needs(strange)).length);
    expect(missing.every((words) => words.startsWith(`${place.file} lacks `))).toBe(true);
  });

  it.each([true, false])('gets all of them from `npm run new-service` (database: %s)', (database) => {
    const service = { ...strange, database };
    expect(missingLines(place, place.add(text, service, last), service)).toEqual([]);
  });
});
