import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chart, readmePath, renewedReadme } from '../src/readme.ts';

interface ChartService {
  port: number;
  calls: 'all' | string[];
  public?: boolean;
  database?: object;
}

const values: { services: Record<string, ChartService> } = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));

describe('values.yaml', () => {
  it('has the services of packages/contracts, and no others', () => {
    const entries: readonly ServiceEntry[] = services;
    const expected = entries.map(({ name, port, database, calls }) => [name, { port, database, calls }]);
    const found = Object.entries(values.services)
      .filter(([name]) => name !== gateway.name)
      .map(([name, { port, database, calls }]) => [name, { port, database: database !== undefined, calls }]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it('has the gateway, which alone is reached from outside and calls every service', () => {
    expect(values.services['gateway']).toMatchObject({ port: gateway.port, calls: 'all', public: true });
    expect(services.map(({ name }) => name)).toEqual(gateway.calls);
    expect(Object.values(values.services).filter((service) => service.public)).toHaveLength(1);
  });

  it("is what the table in the chart's README says (npm run docs:write --workspace helm makes it)", () => {
    expect(readFileSync(readmePath, 'utf8')).toBe(renewedReadme());
  });
});
