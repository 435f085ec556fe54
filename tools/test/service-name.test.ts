import { describe, expect, it } from 'vitest';
import { takenNames } from '../src/new-service/create-service.ts';
import { faultOfName } from '../src/new-service/service-name.ts';

describe('a name for a new service', () => {
  const taken = takenNames();

  it.each([
    ['Tag', '"Tag" can\'t be a name: use one word of lower-case letters and digits'],
    ['2fast', '"2fast" can\'t be a name: use one word of lower-case letters and digits that starts with a letter'],
    ['task', 'There is a service "task" already.'],
    ['gateway', '"gateway" is reserved: something else in the system has that name.'],
    ['pg', '"pg" is reserved: something else in the system has that name.'],
    ['on', '"on" can\'t be a name: YAML doesn\'t read it as text.'],
    ['sixteencharacter', '"sixteencharacter" is too long'],
    ['tasks', '"tasks" can\'t be a name: /api/v1/tasks is the path of the service "task".'],
    ['errors', '"errors" is the name of another package of this workspace.'],
    ['problem', '"problem" can\'t be a name: the API has a Problem already.'],
  ])("can't be %s", (name, words) => {
    expect(faultOfName(name, taken)).toContain(words);
  });

  it('can be billing', () => {
    expect(faultOfName('billing', taken)).toBeUndefined();
  });
});
