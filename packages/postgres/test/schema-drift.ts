import type { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { withSchemaEngine } from '../src/schema-engine.ts';

// The engine reports its faults through the command line's handler; without one it panics.
Reflect.set(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', { set_message: () => undefined });

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n';

/** What Prisma would change in a database to make it what a schema says, in its words; empty if nothing. */
export async function schemaDrift(connectionString: string, schema: string): Promise<string> {
  const { exitCode, stdout } = await withSchemaEngine({ connectionString, adapt: readCatalogue }, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files: [{ path: 'database.prisma', content: datasource }], configDir: '.' },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: false,
      exitCode: true,
      filters: { externalTables: ['public._prisma_migrations', 'public._schema_contract'], externalEnums: [] },
    }),
  );
  return exitCode === 0 ? '' : (stdout ?? 'a difference without words');
}

/** The type "char" of Postgres's catalogue, which the adapter refuses, and Prisma's own name for it. */
const charOid = 18;
const textOid = 25;

/** An adapter that can also read the catalogue: "char" is read as text and passed on as what it is. */
function readCatalogue(adapter: PrismaPg): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connectToShadowDb: () => Promise.reject(new Error('a comparison needs no shadow database')),
    async connect() {
      const connection = await adapter.connect();
      const queryRaw = connection.queryRaw.bind(connection);
      const send: unknown = Reflect.get(connection, 'performIO');
      if (typeof send !== 'function') throw new Error('the adapter sends its queries by another method now');
      let isChar: boolean[] = [];
      Reflect.set(connection, 'performIO', async (query: unknown) => {
        const result: { fields: { dataTypeID: number }[] } = await Reflect.apply(send, connection, [query]);
        isChar = result.fields.map(({ dataTypeID }) => dataTypeID === charOid);
        for (const field of result.fields) if (field.dataTypeID === charOid) field.dataTypeID = textOid;
        return result;
      });
      connection.queryRaw = async (query) => {
        const result = await queryRaw(query);
        const columnTypes = result.columnTypes.map((type, at) => (isChar[at] ? ColumnTypeEnum.Character : type));
        return { ...result, columnTypes };
      };
      return connection;
    },
  };
}
