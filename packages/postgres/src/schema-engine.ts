import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as binding from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool } from 'pg';
import { toConnectionOptions } from './connection-options.ts';

// The part of the platform's WebAssembly that is used here; no type library without a browser's declares it.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

let loading: Promise<void> | undefined;

/** Loads Prisma's own migration engine (5 MB of WebAssembly, 0.1 s), once per process. */
async function loadEngine(): Promise<void> {
  const bytes = await readFile(locateWasm());
  // oxlint-disable no-underscore-dangle -- the names are wasm-bindgen's
  const imports = Object.entries(binding).map(([name, value]) =>
    // Its lock's timer of ten seconds is never cleared: it must not keep a finished process alive.
    name.startsWith('__wbg_setTimeout_')
      ? [name, (run: () => void, ms: number) => setTimeout(run, ms).unref()]
      : [name, value],
  );
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': Object.fromEntries(imports) });
  binding.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

// A bundle carries the file beside itself; run from source it is in its package.
function locateWasm(): URL {
  const bundled = new URL('./schema_engine_bg.wasm', import.meta.url);
  return existsSync(bundled)
    ? bundled
    : new URL('./schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
}

/** Runs a migration script: `send` gives its text to Postgres in one piece. */
export type ScriptRunner = (script: string, send: (text: string) => Promise<unknown>) => Promise<void>;

/** Opens the engine on a database, lets `use` work with it and closes its connection. */
export async function withSchemaEngine<T>(
  options: { connectionString: string; adapt: (adapter: PrismaPg) => SqlMigrationAwareDriverAdapterFactory },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await (loading ??= loadEngine());
  // One connection that is never idle for too long: the engine holds a lock of its session while it applies.
  const pool = new Pool({
    ...toConnectionOptions(options.connectionString),
    max: 1,
    idleTimeoutMillis: 0,
    application_name: 'tasktracker-migrate',
    options: '-c TimeZone=UTC',
  });
  pool.on('error', () => undefined);
  const factory = bindMigrationAwareSqlAdapterFactory(options.adapt(new PrismaPg(pool)));
  const datamodels: [string, string][] = [['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n']];
  try {
    const engine = await binding.SchemaEngine.new({ datamodels }, () => undefined, factory);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * The adapter would cut a script at every semicolon, also inside functions, and commit each piece alone. Sent whole,
 * without parameters, Postgres runs it as one transaction.
 */
export function sendScriptsWhole(factory: PrismaPg, runScript: ScriptRunner): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await factory.connect();
      adapter.executeScript = (script) =>
        runScript(script, (sql) => adapter.executeRaw({ sql, args: [], argTypes: [] }));
      return adapter;
    },
  };
}
