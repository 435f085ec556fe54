import type { V1Pod } from '@kubernetes/client-node';

/** A pod that only listens on port 8080: a stranger, or one with the labels of a pod that has ended. */
export function standInPod(name: string, image: string, labels: Readonly<Record<string, string>>): V1Pod {
  return {
    metadata: { name, labels: { ...labels } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'stand-in',
          image,
          command: ['node', '-e', "require('node:net').createServer(() => {}).listen(8080)"],
          readinessProbe: { exec: { command: ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/8080'] }, periodSeconds: 1 },
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
