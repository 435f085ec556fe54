import { writeFileSync } from 'node:fs';
import { readmePath, renewedReadme } from './readme.ts';

writeFileSync(readmePath, renewedReadme());
