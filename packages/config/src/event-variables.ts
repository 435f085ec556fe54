import { Type } from '@tasktracker/schema';

/** What a service that keeps a log of events takes from its environment. */
export const eventVariables = {
  EVENT_RETENTION_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 30,
    description:
      'days for which events are kept; places in the log, such as a cursor of /tasks/changes, are good as long',
  }),
};
