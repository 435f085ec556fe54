import { Writable } from 'node:stream';
import { createRemoteKeys } from '@tasktracker/auth';
import { createTokenIssuer, startKeySource, type KeySource, type TokenIssuer } from '@tasktracker/auth/testing';
import { apiServices, recordOf, type ApiServiceName } from '@tasktracker/contracts';
import { createHeldBytes, createUpstream, type UpstreamOptions } from '@tasktracker/service-client';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import { buildApp } from '../src/app.ts';
import { parseGatewayConfig, serviceOrigins } from '../src/config.ts';
import { heldAnswerBytes, heldBodyBytes } from '../src/deps.ts';
import { createServiceProbes } from '../src/health/service-probes.ts';
import type { OpenapiDocument } from '../src/openapi/openapi-schema.ts';
import { apiDocument } from './api-document.ts';
import { createScriptedService, type ScriptedService } from './scripted-service.ts';

/**
 * The real gateway, with production options, in front of scripted services, each under its name, and a real key source.
 */
export interface StartedGateway extends Readonly<Record<ApiServiceName, ScriptedService>> {
  readonly services: readonly ScriptedService[];
  readonly app: ServiceApp;
  readonly origin: string;
  readonly port: number;
  readonly keySource: KeySource;
  readonly issuer: TokenIssuer;
  /** `Authorization` of a good token. */
  readonly bearer: string;
  /** Log lines so far. */
  readonly log: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface StartOptions {
  readonly document?: OpenapiDocument;
  readonly upstream?: Omit<UpstreamOptions, 'origin'>;
  readonly probeTimeoutMs?: number;
  readonly heldBodyBytes?: number;
  readonly heldAnswerBytes?: number;
  /** Variables beside those that it needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where keys come from instead of a source of its own. */
  readonly keysFrom?: KeySource;
}

export async function startGateway(options: StartOptions = {}): Promise<StartedGateway> {
  const issuer = createTokenIssuer();
  const keySource = await startKeySource([issuer.jwk]);
  const byName = recordOf(apiServices, ({ name }) => name, createScriptedService);
  const services = Object.values(byName);
  await Promise.all(services.map((service) => service.start()));
  const config = parseGatewayConfig({
    PORT: '0',
    ...recordOf(
      apiServices,
      ({ urlVariable }) => urlVariable,
      ({ name }) => byName[name].origin,
    ),
    CORS_ORIGINS: 'http://localhost:3000, https://app.example',
    ...options.env,
  });
  const log: Record<string, unknown>[] = [];
  const silent = { warn: () => undefined, info: () => undefined };
  const keys = createRemoteKeys({ source: options.keysFrom ?? keySource, log: silent, pollIntervalMs: 20 });
  const bodies = createHeldBytes(options.heldBodyBytes ?? heldBodyBytes);
  const held = createHeldBytes(options.heldAnswerBytes ?? heldAnswerBytes);
  const upstreams = recordOf(
    apiServices,
    ({ name }) => name,
    ({ name }) => createUpstream({ origin: byName[name].origin, held, ...options.upstream }),
  );
  const probes = createServiceProbes({ origins: serviceOrigins(config), timeoutMs: options.probeTimeoutMs ?? 300 });
  const { document = apiDocument } = options;
  const app = await buildApp(
    config,
    { document, keys, upstreams, bodies, probes },
    createLogger('gateway', config.logLevel, linesTo(log)),
  );
  void keys.start();
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    origin,
    ...byName,
    services,
    keySource,
    issuer,
    log,
    port: Number(new URL(origin).port),
    bearer: `Bearer ${issuer.token({ sub: '42' })}`,
    async close() {
      await app.close();
      await Promise.all([keys, probes, ...Object.values(upstreams)].map((dependency) => dependency.close()));
      await Promise.all([...services.map((service) => service.stop()), keySource.close()]);
    },
  };
}

function linesTo(log: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n').filter(Boolean)) {
        const parsed: unknown = JSON.parse(line);
        if (typeof parsed === 'object' && parsed !== null) log.push({ ...parsed });
      }
      done();
    },
  });
}
