import { writeFileSync } from 'node:fs';
import { readmePath, renewedReadme, renewedSchema, schemaPath } from './readme.ts';

writeFileSync(readmePath, await renewedReadme());
writeFileSync(schemaPath, `${JSON.stringify(await renewedSchema(), undefined, 2)}\n`);
