// A process of its own for each load, so that its timing depends on nothing else that the benchmark does.
import type { LoadPlan } from './load-plan.ts';
import { sendLoad } from './send-load.ts';

process.once('disconnect', () => process.exit());
process.once('message', (plan: LoadPlan) => {
  void sendLoad(plan).then((result) => process.send?.(result, () => process.exit()));
});
