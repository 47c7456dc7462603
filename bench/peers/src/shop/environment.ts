/** The variables that the benchmark sets for each process of a peer, and the signal with which it ends one. */
import type { ServiceName } from './choreography.ts'

export const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`The variable ${name} is missing. The benchmark sets it: npm run bench.`)
  return value
}

/** An empty database on the Postgres of the benchmark. */
export const databaseUrl = (): string => required('DATABASE_URL')
/** An empty virtual host of the RabbitMQ of the benchmark. */
export const amqpUrl = (): string => required('AMQP_URL')
/** The port on 127.0.0.1 on which the peer takes orders. */
export const port = (): number => Number(required('PORT'))
/** The process among those of the peer. */
export const serviceName = (): ServiceName => required('SERVICE') as ServiceName
/** An empty folder that the processes of a peer share. */
export const dataFolder = (): string => required('DATA_DIR')

/** Runs `stop` at the first SIGTERM, and then exits. */
export const stopAtSigterm = (stop: () => Promise<void>): void => {
  process.once('SIGTERM', async () => {
    await stop()
    process.exit(0)
  })
}
