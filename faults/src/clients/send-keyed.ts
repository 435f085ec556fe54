import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isKept } from '../checkers/find-key-faults.ts';
import type { Exchange } from '../history/exchange.ts';
import type { Asked, Sender } from './sender.ts';

/** For as long as nothing says whether it was done. */
const mostTries = 30;
const pauseMs = 150;

/** Sends one write `copies` times at once under one key, then again until an answer is kept. Gives that, or the last. */
export async function sendKeyed(sender: Sender, asked: Asked, token: string, copies: number): Promise<Exchange> {
  const keyed = { ...asked, key: randomUUID() };
  const first = await Promise.all(Array.from({ length: copies }, () => sender.ask(keyed, token)));
  let last = first.find(isKept) ?? first[0];
  for (let tries = 0; last === undefined || (!isKept(last) && tries < mostTries); tries += 1) {
    if (last !== undefined && isRefusedBefore(last)) break;
    await delay(pauseMs);
    last = await sender.ask(keyed, token);
  }
  return last;
}

/** By what the next try would meet as well: a bad token, a bad body. */
function isRefusedBefore({ status }: Exchange): boolean {
  return status >= 400 && status < 500 && status !== 409 && status !== 429;
}
