import type { FaultStack } from './fault-stack.ts';

/** Ctrl-C and SIGTERM stop the stack, then end this process: else its disk would stay mounted. Gives the undoing. */
export function stopOnSignal(stack: FaultStack): () => void {
  const end = (): void => void stack.stop().finally(() => process.exit(130));
  process.on('SIGINT', end).on('SIGTERM', end);
  return () => void process.off('SIGINT', end).off('SIGTERM', end);
}
