import { TaskStats } from '@tasktracker/contracts';
import { createServiceClient, type CallContext, type ServiceClientOptions } from '@tasktracker/service-client';

/** The task service, asked over HTTP. */
export interface TaskClient {
  /** The counts of the token's owner. Throws what a service client throws. */
  countsOfCaller(context: CallContext): Promise<TaskStats>;
  close(): Promise<void>;
}

export function createTaskClient(options: ServiceClientOptions): TaskClient {
  const client = createServiceClient(options);
  return {
    countsOfCaller: (context) => client.get('/api/v1/tasks/stats', TaskStats, context),
    close: () => client.close(),
  };
}
