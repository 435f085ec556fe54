/** A kind of work that recurs for many things: `{}` in the texts stands for one of the subjects. */
export interface DemoTopic {
  readonly title: string;
  readonly description: string;
  readonly priority: 'low' | 'medium' | 'high';
  readonly subjects: readonly string[];
}

const clusters = ['staging-eu', 'staging-us', 'prod-eu-1', 'prod-eu-2', 'prod-us-1', 'prod-ap-1', 'tools', 'edge'];
const applications = [
  'checkout',
  'billing',
  'search',
  'notifications',
  'inventory',
  'accounts',
  'image-resizer',
  'reporting',
  'webhooks',
  'feature-flags',
  'recommendations',
  'back office',
];
const databases = ['orders', 'accounts', 'catalogue', 'ledger', 'sessions', 'audit log'];
const systems = ['Grafana', 'Argo CD', 'the container registry', 'Vault', 'the CI runners', 'Keycloak', 'PagerDuty'];

export const demoTopics: readonly DemoTopic[] = [
  {
    title: 'Upgrade {} to Kubernetes 1.34',
    description:
      'Read the removals, upgrade the add-ons first, then the control plane of {}, then node pool by node pool.',
    priority: 'high',
    subjects: clusters,
  },
  {
    title: 'Restore test: {} database',
    description: "Restore last night's backup of {} into a scratch cluster, compare row counts, note how long it took.",
    priority: 'high',
    subjects: databases,
  },
  {
    title: 'Rotate the credentials of {}',
    description: 'New pair into Vault, both valid for a day, old one revoked. Tell whoever still uses {} by hand.',
    priority: 'high',
    subjects: [...systems, 'the SMTP relay', 'the DNS provider', 'the backup bucket'],
  },
  {
    title: 'Right-size the requests of {}',
    description: 'Four weeks of usage of {}: requests at p90, memory limit at the peak plus a quarter. CPU limit goes.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Write the runbook for {}',
    description: 'What it does, how it fails, the three graphs to look at first, how to roll {} back.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Alert on error budget burn of {}',
    description: 'Multi-window burn rate for {} instead of the threshold that wakes people for nothing.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Move {} to the Gateway API',
    description: 'HTTPRoute beside the Ingress of {}, shift the traffic by weight, then delete the Ingress.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Add a PodDisruptionBudget to {}',
    description: 'The last node drain took both replicas of {} at once.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Make {} start in under ten seconds',
    description: 'Scaling up {} is too slow for the morning peak. Measure what the start spends its time on first.',
    priority: 'low',
    subjects: applications,
  },
  {
    title: 'Default-deny network policy for {}',
    description: 'List who calls {} from a week of flow logs, write the allow rules, try them in staging.',
    priority: 'high',
    subjects: applications,
  },
  {
    title: 'Pin the base image of {} by digest',
    description: 'And let the bot open a pull request when {} falls behind.',
    priority: 'low',
    subjects: applications,
  },
  {
    title: 'Load test {} before the spring sale',
    description: "Twice last year's peak for an hour. Watch the connection pool of {} and the queue behind it.",
    priority: 'high',
    subjects: applications,
  },
  {
    title: 'Trace requests through {}',
    description: 'Pass traceparent on, name the spans after the operation, sample one in a hundred in {}.',
    priority: 'low',
    subjects: applications,
  },
  {
    title: 'Fix the flaky integration tests of {}',
    description: 'One run in six of {} fails for no reason of its own. Find the shared state.',
    priority: 'medium',
    subjects: applications,
  },
  {
    title: 'Clean up unused volumes in {}',
    description: 'Released volumes older than thirty days in {}; snapshot first, then delete.',
    priority: 'low',
    subjects: clusters,
  },
  {
    title: 'Review who has access to {}',
    description: 'Quarterly. Export the members of {}, ask each team lead, remove the rest.',
    priority: 'medium',
    subjects: systems,
  },
  {
    title: 'Renew the certificate of {}',
    description: 'Last one by hand: afterwards {} gets its certificate from cert-manager like everybody else.',
    priority: 'high',
    subjects: ['the status page', 'the VPN', 'the old admin host', 'the metrics endpoint', 'the partner API'],
  },
  {
    title: 'Postmortem: {}',
    description: 'Timeline, what helped, what hurt, at most three actions with an owner each. No blame.',
    priority: 'high',
    subjects: [
      'DNS outage in prod-eu-1',
      'full disk on the ledger primary',
      'expired token in the deploy pipeline',
      'retry storm after the cache restart',
      'two leaders in the scheduler',
      'the config change on a Friday',
    ],
  },
  {
    title: 'Index and query review: {} database',
    description: 'The ten slowest statements of {}, their plans, and the indexes nobody uses.',
    priority: 'medium',
    subjects: databases,
  },
  {
    title: 'Set up the on-call rota for {}',
    description: 'Six people, one week each, a shadow in the first round. Holidays are in the shared calendar.',
    priority: 'medium',
    subjects: ['January', 'February', 'March', 'April', 'May', 'June'],
  },
  {
    title: 'Try {} on the edge cluster',
    description: 'One afternoon, one page of findings, a clear yes or no at the end.',
    priority: 'low',
    subjects: ['Cilium', 'Karpenter', 'KEDA', 'Gateway API inference', 'sidecar containers', 'VPA in place', 'Kueue'],
  },
  {
    title: 'Answer the team of {}: why was deploy so slow?',
    description: 'Image pull, readiness or the queue before it? Send them the graph, not an opinion.',
    priority: 'low',
    subjects: applications,
  },
  {
    title: 'Cost report: {}',
    description: 'Per namespace of {}, against last quarter, with the three largest idle things named.',
    priority: 'medium',
    subjects: clusters,
  },
  {
    title: 'Onboard {} to the platform',
    description: 'Repository template, namespace, dashboards, first deploy together. Ask what was confusing.',
    priority: 'medium',
    subjects: ['the growth team', 'the mobile team', 'the data team', 'the partner team', 'the support tools team'],
  },
  {
    title: 'Document how {} is deployed',
    description: 'A page a newcomer can follow alone. Let one try, and fix where they got stuck.',
    priority: 'low',
    subjects: applications,
  },
  {
    title: 'Check the quota of {}',
    description: 'CPU, memory, volumes, load balancers in {}: ask for more before we need it.',
    priority: 'low',
    subjects: clusters,
  },
  {
    title: 'Scale {} on queue length instead of CPU',
    description: 'CPU of {} says nothing about its backlog.',
    priority: 'medium',
    subjects: ['notifications', 'image-resizer', 'webhooks', 'reporting', 'recommendations'],
  },
  {
    title: 'Replace long-lived tokens in {}',
    description: 'Workload identity instead; then search the history of {} for what leaked.',
    priority: 'high',
    subjects: [...applications, 'the deploy pipeline'],
  },
  {
    title: 'Failover drill: {} database',
    description: 'Announced, in office hours. Kill the primary of {}, time until writes succeed again, note surprises.',
    priority: 'high',
    subjects: databases,
  },
  {
    title: 'Delete the old dashboards of {}',
    description: 'Nobody opened them in ninety days. Keep the one with the error budget of {}.',
    priority: 'low',
    subjects: applications,
  },
];
