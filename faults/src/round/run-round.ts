import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { findFaults, type Evidence } from '../checkers/find-faults.ts';
import type { Finding } from '../checkers/finding.ts';
import { openAccount, type Account } from '../clients/account.ts';
import { runClient } from '../clients/client.ts';
import { habitsOf, type Focus } from '../clients/habits.ts';
import { openFollower, type Follower } from '../clients/follower.ts';
import { createSender, type Sender } from '../clients/sender.ts';
import { useEnded, type EndedSession } from '../clients/session-actions.ts';
import { readFinalState } from '../history/final-state.ts';
import type { InjectedFault, FaultPlan } from '../injection/fault-plan.ts';
import { injectFaults } from '../injection/inject-faults.ts';
import { createSeededRandom } from '@tasktracker/seeded-random';
import type { FaultStack } from '../stack/fault-stack.ts';
import { measureRecovery, type Recovery } from './recovery.ts';

/** All that decides a round, but for the machine's own timing. */
export interface RoundPlan {
  readonly seed: string;
  readonly accounts: number;
  readonly clientsOfEach: number;
  /** Of all clients together. */
  readonly ratePerSecond: number;
  /** How long clients work. */
  readonly loadMs: number;
  readonly focus: Focus;
  readonly faults: readonly FaultPlan[];
}

export interface RoundResult {
  readonly evidence: Evidence;
  readonly findings: readonly Finding[];
  readonly recoveries: readonly Recovery[];
  readonly endedSessions: number;
  /** How many answers that said that something was written were lost on their way. */
  readonly swallowed: number;
}

const readyMs = 60_000;
/** An ended session counts everywhere 10 s after the last fault; a little more, for what is probed then. */
const quietMs = 10_500;

/** Clients work while things break; then, when all is whole again, what they saw is held against what is there. */
export async function runRound(stack: FaultStack, plan: RoundPlan): Promise<RoundResult> {
  const sender = createSender(stack.url, () => {});
  const swallowedBefore = swallowedBy(stack);
  try {
    // A plan can be run again on the same stack.
    const run = `r-${randomBytes(4).toString('hex')}`;
    const names = Array.from({ length: plan.accounts }, (_, index) => `${run}-${index}`);
    const accounts = await Promise.all(names.map((name) => openAccount(sender, name)));
    const followers = await Promise.all(accounts.map((account) => openFollower(sender, account)));
    const { injected, ended, calmFrom, loadUntil } = await workUnderFaults(stack, plan, sender, accounts, followers);
    await stack.ready(readyMs);
    await probeEndedSessions(stack, sender, ended, injected);
    const finals = await Promise.all(accounts.map((account) => readFinalState(sender, account)));
    await Promise.all(followers.map((follower) => follower.catchUp()));
    const evidence = { history: sender.history, finals, copies: followers, faults: injected };
    const recoveries = measureRecovery(sender.history, injected, calmFrom, loadUntil);
    const swallowed = swallowedBy(stack) - swallowedBefore;
    return { evidence, findings: findFaults(evidence), recoveries, endedSessions: ended.length, swallowed };
  } finally {
    await sender.close();
  }
}

function swallowedBy({ proxies }: FaultStack): number {
  return [...proxies.values()].reduce((sum, { swallowed }) => sum + swallowed, 0);
}

interface Work {
  readonly injected: InjectedFault[];
  readonly ended: EndedSession[];
  readonly calmFrom: number;
  readonly loadUntil: number;
}

async function workUnderFaults(
  stack: FaultStack,
  plan: RoundPlan,
  sender: Sender,
  accounts: readonly Account[],
  followers: readonly Follower[],
): Promise<Work> {
  const ended: EndedSession[] = [];
  const stopping = new AbortController();
  let drawn = 0;
  const clients = accounts.flatMap((account, index) =>
    Array.from({ length: plan.clientsOfEach }, (_, number) => {
      const client = `${index}.${number}`;
      const random = createSeededRandom(plan.seed, `client ${client}`);
      return runClient({
        acting: { client, account, sender, random, habits: habitsOf[plan.focus], draw: () => (drawn += 1) },
        ratePerSecond: plan.ratePerSecond / (plan.accounts * plan.clientsOfEach),
        signal: stopping.signal,
        onEndedSession: (session) => ended.push(session),
      });
    }),
  );
  const following = followers.map((follower) => follower.follow(stopping.signal));
  const startedAt = performance.now();
  const calmFrom = startedAt + Math.min(1_000, plan.loadMs / 10);
  const injected = await injectFaults(stack, plan.faults, plan.seed, stopping.signal);
  await delay(Math.max(0, startedAt + plan.loadMs - performance.now()));
  const loadUntil = performance.now();
  stopping.abort();
  await Promise.all([...clients, ...following]);
  await sender.settled();
  return { injected, ended, calmFrom, loadUntil };
}

const pathsOf: Readonly<Record<string, string>> = {
  user: '/api/v1/auth/me',
  stats: '/api/v1/stats',
};

/** At every process, when each must know. */
async function probeEndedSessions(
  stack: FaultStack,
  sender: Sender,
  ended: readonly EndedSession[],
  injected: readonly InjectedFault[],
): Promise<void> {
  if (ended.length === 0) return;
  const quietSince = Math.max(0, ...injected.map(({ endedAt }) => endedAt));
  const lastEnd = Math.max(
    0,
    ...sender.history.flatMap(({ operation, endedAt }) => (operation === 'logout' ? endedAt : [])),
  );
  await delay(Math.max(0, Math.max(quietSince, lastEnd) + quietMs - performance.now()));
  for (const session of ended) {
    await Promise.all(
      stack.replicas.map(({ app, port }) =>
        useEnded(sender, session, { url: `http://127.0.0.1:${port}`, path: pathsOf[app] ?? '/api/v1/tasks?limit=1' }),
      ),
    );
  }
}
