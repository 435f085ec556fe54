import { readCommandLine, refuse } from '@tasktracker/command-line';
import { createService, NewServiceError } from './new-service/create-service.ts';

const usage = `npm run new-service -- NAME [--database]

Makes a service at /api/v1/NAME that starts, answers and passes its tests: a folder below apps/, an entry in the list of
services, and what follows from it: chart, Skaffold, production databases, journeys, documents.
  NAME         one word of at most 15 lower-case letters and digits
  --database   it owns a database: Prisma schema, migration, two roles
`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: { database: { type: 'boolean', default: false } },
});
const [name, ...more] = positionals;
if (name === undefined) refuse('A service needs a name.', usage);
if (more.length > 0) refuse(`One service at a time, not ${positionals.join(' and ')} together.`, usage);
try {
  const { goldensRenewed } = createService(name, values.database);
  console.log(`apps/${name} is there, with all that follows from its entry in packages/contracts/src/services.ts.`);
  if (!goldensRenewed)
    console.log('Without helm the rendered chart was not renewed; later: npx vitest run --root helm --update');
  console.log(`Look at it: git status. Try it: npm test, npm start. Then see "Add a service" in CONTRIBUTING.md.`);
} catch (error) {
  if (!(error instanceof NewServiceError)) throw error;
  refuse(error.message, usage);
}
