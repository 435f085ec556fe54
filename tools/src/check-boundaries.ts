import { cruise } from 'dependency-cruiser';
import { boundaryRules, cruisedFolders, cruiseOptions } from './boundary-rules.ts';
import { readCommandLine } from '@tasktracker/command-line';

readCommandLine(
  'npm run boundaries\n\nChecks all code against the rules of what may import what. It takes no options.\n',
  {},
);

// Fails on a broken rule, and on "0 modules": a parser that reads nothing finds nothing wrong.
const { output } = await cruise(cruisedFolders, {
  ...cruiseOptions,
  ruleSet: boundaryRules,
  validate: true,
});
if (typeof output === 'string') throw new Error('expected the result as an object');
const { violations, totalCruised } = output.summary;
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} → ${to}`);
if (totalCruised < 50) throw new Error(`only ${totalCruised} modules were read: the parser is not working`);
console.log(`${totalCruised} modules, ${violations.length} broken rules`);
process.exitCode = violations.length === 0 ? 0 : 1;
