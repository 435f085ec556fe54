import { describe, expect, expectTypeOf, it } from 'vitest';
import { gateway, services, servicesByName, type ServiceEntry } from './services.ts';

const entries: readonly ServiceEntry[] = services;

describe('the list of services', () => {
  it('derives what follows from a name, for the compiler too', () => {
    expect(servicesByName.task).toMatchObject({ serviceName: 'task-service', urlVariable: 'TASK_SERVICE_URL' });
    expectTypeOf(servicesByName.task.serviceName).toEqualTypeOf<'task-service'>();
    expectTypeOf(servicesByName.task.urlVariable).toEqualTypeOf<'TASK_SERVICE_URL'>();
  });

  it('has names that an image, a variable and an object of the chart can carry, each once', () => {
    const names = [gateway.name, ...entries.map(({ name }) => name)];
    expect(names.filter((name) => !/^[a-z][a-z0-9]{0,14}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("counts ports up from the gateway's", () => {
    expect(entries.map(({ port }) => port)).toEqual(entries.map((_, index) => gateway.port + index + 1));
  });

  it('gives no path to two services', () => {
    const prefixes = entries.flatMap(({ prefix }) => prefix ?? []);
    const inside = prefixes.filter((one) =>
      prefixes.some((other) => one !== other && `${one}/`.startsWith(`${other}/`)),
    );
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(inside).toEqual([]);
  });

  it('has no service call itself, or one that is not there', () => {
    for (const { name, calls } of entries) {
      const others = entries.map((entry) => entry.name).filter((other) => other !== name);
      expect(others).toEqual(expect.arrayContaining([...calls]));
    }
  });
});
