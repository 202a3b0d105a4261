import {
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type PostgresDialectConfig,
  type Transaction,
} from 'kysely';

const waiting = new WeakMap<DatabaseConnection, (() => void)[]>();

/** Does something once the transaction is committed, and never where it is undone. It must not throw. */
export async function afterCommit<Tables>(trx: Transaction<Tables>, what: () => void): Promise<void> {
  await trx.getExecutor().provideConnection(async (connection) => {
    waiting.set(connection, [...(waiting.get(connection) ?? []), what]);
  });
}

class Driver extends PostgresDriver {
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const due = waiting.get(connection) ?? [];
    waiting.delete(connection);
    await super.commitTransaction(connection);
    for (const what of due) what();
  }

  override async rollbackTransaction(
    connection: Parameters<PostgresDriver['rollbackTransaction']>[0],
  ): Promise<void> {
    waiting.delete(connection);
    await super.rollbackTransaction(connection);
  }
}

/** PostgreSQL whose transactions know what waits for them. */
export class Dialect extends PostgresDialect {
  constructor(private readonly config: PostgresDialectConfig) {
    super(config);
  }

  override createDriver(): PostgresDriver {
    return new Driver(this.config);
  }
}
