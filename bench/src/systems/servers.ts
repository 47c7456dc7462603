/** The servers for all systems of a benchmark. Each is started when a system first needs it. */
import { type Broker, startBroker } from './broker.ts'
import { type Collector, openCollector } from './collector.ts'
import { type PostgresServer, type PostgresSettings, startPostgres } from './postgres.ts'

export interface Servers extends AsyncDisposable {
  postgres(settings: PostgresSettings): Promise<PostgresServer>
  broker(): Promise<Broker>
  collector(): Promise<Collector>
  /** Those of the servers that run. Null for a server that was not used. */
  versions(): Promise<{ readonly postgres: string | null; readonly rabbitmq: string | null }>
  /** The processes of the servers that run. */
  pids(): Promise<number[]>
}

export const openServers = (): Servers => {
  const postgres = new Map<PostgresSettings, Promise<PostgresServer>>()
  let broker: Promise<Broker> | undefined
  let collector: Promise<Collector> | undefined
  return {
    postgres: (settings) => {
      const server = postgres.get(settings) ?? startPostgres(settings)
      postgres.set(settings, server)
      return server
    },
    broker: () => {
      broker ??= startBroker()
      return broker
    },
    collector: () => {
      collector ??= openCollector()
      return collector
    },
    versions: async () => ({
      postgres: (await [...postgres.values()][0])?.version ?? null,
      rabbitmq: (await broker)?.version ?? null,
    }),
    pids: async () => {
      const servers = await Promise.all([...postgres.values(), broker])
      return servers.flatMap((server) => server?.pid ?? [])
    },
    [Symbol.asyncDispose]: async () => {
      const servers = await Promise.allSettled([...postgres.values(), broker, collector])
      for (const server of servers) if (server.status === 'fulfilled') await server.value?.stop()
    },
  }
}
