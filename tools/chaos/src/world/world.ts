/** The system under test: a Postgres, a RabbitMQ cluster, two instances of each service, and the network between them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ByService } from '@quadrille/events'
import { type RabbitMqNode, startRabbitMqCluster } from '@quadrille/testing'
import type { BadMessage } from './bad-message.ts'
import { createDatabases } from './databases.ts'
import type { Instance } from './instance.ts'
import { makeInstances } from './instances.ts'
import { logsIn } from './logs-in.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { untilReady } from './until-ready.ts'

export interface World {
  readonly postgres: PostgresServer
  readonly nodes: readonly RabbitMqNode[]
  readonly instances: readonly Instance[]
  /** URLs with the superuser, without proxies. */
  readonly databases: ByService<string>
  /** The bad messages that faults have published so far. */
  readonly badMessages: BadMessage[]
  /** Stops everything, and deletes all files except for logs. @throws if a part can't be stopped, after the others. */
  stop(): Promise<void>
}

export interface WorldOptions {
  /** For logs and data. It must be accessible to other accounts. */
  readonly folder: string
  /** RabbitMQ nodes. */
  readonly nodes: number
  /** `ORDER_TTL` of the order service: 20s. */
  readonly orderTtl: string
  /** Ends the start. */
  readonly signal: AbortSignal
}

/** Starts everything, the services last and all at once. Resolves when they are ready. */
export const startWorld = async ({ folder, nodes: size, orderTtl, signal }: WorldOptions): Promise<World> => {
  const logs = logsIn(folder)
  mkdirSync(logs, { recursive: true })
  const undo: (() => Promise<unknown>)[] = []
  const stop = () => runAll(undo.splice(0).toReversed())
  try {
    const postgres = await startPostgres(join(folder, 'postgres'))
    undo.push(() => postgres.stop())
    signal.throwIfAborted()
    const { nodes, stop: stopNodes } = await startRabbitMqCluster({ size, logs })
    undo.push(stopNodes)
    signal.throwIfAborted()
    const { databases, asService } = await createDatabases(postgres.url)
    const instances = await makeInstances({ databases: asService, nodes, orderTtl, logs })
    undo.push(() => Promise.all(instances.map((instance) => instance.close())))
    await Promise.all(instances.map((instance) => instance.start()))
    signal.throwIfAborted()
    await Promise.all(instances.map(({ url }) => untilReady(url)))
    return { postgres, nodes, instances, databases, badMessages: [], stop }
  } catch (error) {
    await stop().catch(() => undefined) // the first error is thrown
    signal.throwIfAborted() // Ctrl-C also ends Postgres and RabbitMQ, whose start then fails
    throw error
  }
}

/** One after the other, also after one that throws. @throws their errors. */
export const runAll = async (steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const errors: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw new AggregateError(errors, 'Some parts of the world can not be stopped.')
}
