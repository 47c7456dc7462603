/** Postgres and RabbitMQ for all systems of a benchmark. Each is started when a system first needs it. */
import { type Broker, startBroker } from './broker.ts'
import { type PostgresServer, type PostgresSettings, startPostgres } from './postgres.ts'

export interface Servers extends AsyncDisposable {
  postgres(settings: PostgresSettings): Promise<PostgresServer>
  broker(): Promise<Broker>
  /** Those of the servers that run. Null for a server that was not used. */
  versions(): Promise<{ readonly postgres: string | null; readonly rabbitmq: string | null }>
  /** The processes of all servers that run. */
  pids(): Promise<number[]>
}

export const openServers = (): Servers => {
  const postgres = new Map<PostgresSettings, Promise<PostgresServer>>()
  const brokers: Promise<Broker>[] = []
  return {
    postgres: (settings) => {
      const server = postgres.get(settings) ?? startPostgres(settings)
      postgres.set(settings, server)
      return server
    },
    broker: () => {
      const [broker = startBroker()] = brokers
      brokers[0] = broker
      return broker
    },
    versions: async () => ({
      postgres: (await [...postgres.values()][0])?.version ?? null,
      rabbitmq: (await brokers[0])?.version ?? null,
    }),
    pids: async () => {
      const servers = await Promise.all([...postgres.values(), ...brokers])
      return servers.flatMap(({ pid }) => pid ?? [])
    },
    [Symbol.asyncDispose]: async () => {
      const servers = await Promise.allSettled([...postgres.values(), ...brokers])
      for (const server of servers) if (server.status === 'fulfilled') await server.value.stop()
    },
  }
}
