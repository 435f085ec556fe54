import { readdirSync, readlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startEchoService } from './echo-service.ts';

const folder = '/proc/self/fd';

/** Files that this process has open whose name ends so. */
function openFiles(name: string): string[] {
  return readdirSync(folder).filter((id) => {
    try {
      return readlinkSync(`${folder}/${id}`).endsWith(name);
    } catch {
      return false; // closed since
    }
  });
}

it.runIf(process.platform === 'linux')(
  'a file of the page is closed when its reader leaves before the end',
  async () => {
    const app = await startEchoService(() => {}, {
      addFirst: async (service) => {
        service.addHook('onSend', (_request, reply, payload, next) => {
          if (payload instanceof Readable) payload.once('data', () => reply.raw.destroy());
          next(null, payload);
        });
      },
    });
    onTestFinished(() => app.close());
    await expect(app.inject('/docs/static/swagger-ui-bundle.js')).rejects.toThrow('destroyed');
    await vi.waitUntil(() => openFiles('/swagger-ui-bundle.js').length === 0, { timeout: 10_000 });
  },
);
