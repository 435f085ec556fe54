// A process of its own for each load, so that its timing depends on nothing else that the benchmark does.
import type { LoadPlan } from './load-plan.ts';
import { prepareLoad } from './send-load.ts';

process.once('disconnect', () => process.exit());
// A terminal's Ctrl-C comes here too: whoever started the load stops it in order.
process.on('SIGINT', () => {});
process.once('message', (plan: LoadPlan) => void serve(plan));

async function serve(plan: LoadPlan): Promise<void> {
  const send = await prepareLoad(plan);
  process.once('message', () => {
    void send().then((result) => process.send?.(result, () => process.exit()));
  });
  process.send?.('ready');
}
