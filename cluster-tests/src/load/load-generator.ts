// Runs in a pod, with Node alone: sends requests at a constant rate, counts each answer and writes JSON lines, progress
// twice a second and the result at the end. SIGTERM tells it to stop.
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createLoadLedger } from './load-ledger.ts';
import type { LoadPlan, LoadProgress, LoadResult } from './load-plan.ts';
import { createLoadRequests } from './load-requests.ts';
import { sendRequest } from './send-request.ts';

const plan: LoadPlan = JSON.parse(readFileSync(process.argv[2] ?? 'plan.json', 'utf8'));
const requests = createLoadRequests(plan);
const ledger = createLoadLedger();
const startedAt = performance.now();
const busy = new Agent({ keepAlive: true, maxSockets: 1_000, scheduling: 'fifo' });
let paced = 0;
const reusedAfter = plan.idlePausesMs.map((pauseMs) => ({ pauseMs, requests: 0 }));
let outstanding = 0;
let toldToStop = false;
const end: { why?: LoadResult['why'] } = {};

process.on('SIGTERM', () => {
  toldToStop = true;
});
const pacing = setInterval(pace, 5);
const reporting = setInterval(() => write(progress()), 500);
for (let turn = 0; turn < plan.idleConnections; turn += 1) void useNowAndThen(turn);

/** Sends what is due by now: the rate doesn't fall when answers are slow. */
function pace(): void {
  const elapsedMs = performance.now() - startedAt;
  if (ledger.sent() >= plan.maxRequests) endBecause('maxRequests');
  else if (elapsedMs > plan.maxSeconds * 1_000) endBecause('maxSeconds');
  else if (toldToStop && ledger.sent() >= plan.minRequests) endBecause('told to stop');
  const due = (elapsedMs * plan.ratePerSecond) / 1_000;
  for (; end.why === undefined && paced < due && ledger.sent() < plan.maxRequests; paced += 1) {
    void send(busy, startedAt + (paced * 1_000) / plan.ratePerSecond);
  }
}

/** A connection of its own, left alone between its requests, as a browser's or a pool's is; pauses vary by a tenth. */
async function useNowAndThen(turn: number): Promise<void> {
  const pause = reusedAfter[turn % reusedAfter.length];
  if (!pause) throw new Error('idle connections need a pause');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (end.why === undefined) {
    if (await send(agent, performance.now())) pause.requests += 1;
    await new Promise((resolve) => setTimeout(resolve, pause.pauseMs * (0.9 + 0.2 * Math.random())).unref());
  }
  agent.destroy();
}

async function send(agent: Agent, dueAt: number): Promise<boolean> {
  outstanding += 1;
  const id = `${plan.name}-${ledger.sent()}`;
  ledger.countSent();
  const sent = await sendRequest(plan, agent, requests.next(), id);
  ledger.countEnd(sent, performance.now() - dueAt);
  if (sent.ok && sent.request.operation === 'create') requests.learnTask(idOf(sent.body));
  outstanding -= 1;
  if (end.why !== undefined && outstanding === 0) finish();
  return sent.reused;
}

function endBecause(why: LoadResult['why']): void {
  end.why = why;
  clearInterval(pacing);
  if (outstanding === 0) finish();
}

function finish(): void {
  clearInterval(reporting);
  write(result(end.why ?? 'told to stop'));
  busy.destroy();
}

function progress(): LoadProgress {
  const { sent, ok, failed } = ledger;
  return { event: 'progress', sent: sent(), ok: ok(), failed: failed() };
}

function result(why: LoadResult['why']): LoadResult {
  return {
    event: 'result',
    why,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    sent: ledger.sent(),
    ok: ledger.ok(),
    failed: ledger.failed(),
    outcomes: ledger.outcomes(),
    failedAt: ledger.failedAt(),
    lastFailureAt: ledger.lastFailureAt(),
    samples: ledger.samples(),
    latencyMs: ledger.latencyMs(),
    connectionsOpened: ledger.connectionsOpened(),
    reusedAfter,
    acknowledged: ledger.acknowledged(),
    createsSent: requests.createsSent(),
  };
}

function write(line: LoadProgress | LoadResult): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function idOf(body: string): number {
  const { id }: { id: number } = JSON.parse(body);
  return id;
}
