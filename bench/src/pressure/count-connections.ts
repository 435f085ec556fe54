// Preloaded into a gateway: counts the connections that it tries to make, by port. Of those that are refused nobody else
// can know. Ends the gateway with the benchmark.
import { channel } from 'node:diagnostics_channel';

interface Attempt {
  readonly connectParams: { readonly port: string };
}

const attempts = new Map<string, number>();

// undici's own channel
channel('undici:client:beforeConnect').subscribe((message) => {
  const { connectParams }: Attempt = JSON.parse(JSON.stringify(message, ['connectParams', 'port']));
  attempts.set(connectParams.port, (attempts.get(connectParams.port) ?? 0) + 1);
});
process.on('message', (port: string) => process.send?.(attempts.get(port) ?? 0));
process.once('disconnect', () => process.exit());
process.channel?.unref();
