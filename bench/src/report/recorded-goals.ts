import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory, type GoalHistory } from './records.ts';

/** `P1.json` for each goal, `P1.md` for what there is to say about it, and the plots. */
export const recordsFolder = fileURLToPath(new URL('../../../docs/performance', import.meta.url));
/** Made from what is in the folder. */
export const pageFile = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));

/** All goals that were recorded, in the order of their numbers, and what else was, each with its remarks. */
export function recordedGoals(folder = recordsFolder): { history: GoalHistory; remarks: string }[] {
  const numbers = readdirSync(folder).flatMap((file) => /^P(\d+)\.json$/.exec(file)?.[1] ?? []);
  return numbers
    .map(Number)
    .toSorted((one, other) => one - other)
    .map((number) => `P${number}`)
    .concat('growth')
    .flatMap((id) => {
      const history = readHistory(folder, id);
      const file = join(folder, `${id}.md`);
      return history ? { history, remarks: existsSync(file) ? readFileSync(file, 'utf8') : '' } : [];
    });
}
