import { ServiceUnavailable } from '@tasktracker/errors';

/**
 * How an attempt ended. `answered`: the service is there, whatever it says. `unreachable`: no connection, or one that
 * broke. `silent`: it had all the time that it may take. `unknown`: given up before, by its caller.
 */
export type Outcome = 'answered' | 'unreachable' | 'silent' | 'unknown';

/** Keeps requests away from a service that is down, so that they fail at once and it can come back. */
export interface Circuit {
  /**
   * Before each attempt; the function that is returned says how it ended. Throws ServiceUnavailable while the service is
   * known to be down and another attempt is already finding out whether it is back.
   */
  begin(): (outcome: Outcome) => void;
}

/** Failures in a row after which a service counts as down. */
const failuresToOpen = 5;
/** From the last failure to the attempt that finds out whether it is back. */
const openMs = 1_000;

/**
 * Open after five failures in a row, each of an attempt that began after the one before had failed: a pod that dies with
 * a hundred requests fails once, not a hundred times. A silence counts each time.
 */
export function createCircuit(now: () => number = () => performance.now()): Circuit {
  let failures = 0;
  let lastFailureAt = Number.NEGATIVE_INFINITY;
  let isTrying = false;

  function begin(): (outcome: Outcome) => void {
    const startedAt = now();
    const isTrial = failures >= failuresToOpen;
    if (isTrial) {
      const left = lastFailureAt + openMs - startedAt;
      if (left > 0 || isTrying) throw new ServiceUnavailable(Math.max(1, Math.ceil(left / 1_000)), isDown);
      isTrying = true;
    }
    return (outcome) => {
      if (isTrial) isTrying = false;
      if (outcome === 'answered') failures = 0;
      else if (outcome === 'silent' || (outcome === 'unreachable' && startedAt >= lastFailureAt)) {
        failures += 1;
        lastFailureAt = now();
      }
    };
  }
  return { begin };
}

const isDown = new Error('the service has failed several times in a row; it is not asked');
