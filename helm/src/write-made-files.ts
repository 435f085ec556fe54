import { writeFileSync } from 'node:fs';
import { readmePath, renewedReadme, renewedSchema, renewedSettings, schemaPath, settingsPath } from './readme.ts';

writeFileSync(readmePath, await renewedReadme());
writeJson(schemaPath, await renewedSchema());
writeJson(settingsPath, await renewedSettings());

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
