import { join } from 'node:path'
import { freePorts } from '@quadrille/embedded-postgres'
import { type ByService, type ServiceName, serviceNames } from '@quadrille/events'
import { type RabbitMqNode, tcpProxy } from '@quadrille/testing'
import { Instance } from './instance.ts'

export interface InstanceContext {
  /** The URLs for the services. */
  readonly databases: ByService<string>
  readonly nodes: readonly RabbitMqNode[]
  /** `ORDER_TTL` of the order service: 20s. */
  readonly orderTtl: string
  /** A folder for the logs. */
  readonly logs: string
}

const steppableClock = new URL('steppable-clock.ts', import.meta.url).href
/** More than all retries take. The clock of the first instance is set back, that of the second one ahead. */
const clockStepMs = 20 * 60_000

/** Two instances of each service, on fixed ports, each with its own proxies. They are not started yet. */
export const makeInstances = async (context: InstanceContext): Promise<Instance[]> => {
  const instances = serviceNames.flatMap((service) => [1, 2].map((number) => ({ service, number })))
  const ports = await freePorts(instances.length)
  return Promise.all(
    instances.map((instance, index) => makeInstance({ ...instance, port: ports[index] ?? 0 }, context)),
  )
}

const makeInstance = async (
  { service, number, port }: { service: ServiceName; number: number; port: number },
  { databases, nodes, orderTtl, logs }: InstanceContext,
): Promise<Instance> => {
  const toPostgres = await tcpProxy(portOf(databases[service]))
  const toRabbitMq = await tcpProxy(...nodes.map(({ url }) => portOf(url)))
  const env = {
    PORT: String(port),
    DATABASE_URL: by(toPostgres.port, databases[service]),
    AMQP_URL: by(toRabbitMq.port, nodes[0]?.url ?? ''),
    NODE_OPTIONS: `--import ${steppableClock}`,
    CLOCK_STEP_MS: String(number === 1 ? -clockStepMs : clockStepMs),
    ...(service === 'order' && { ORDER_TTL: orderTtl }),
  }
  const logFile = join(logs, `${service}-${number}.log`)
  return new Instance({ service, number, port, toPostgres, toRabbitMq, env, logFile })
}

const portOf = (url: string): number => Number(new URL(url).port)

const by = (port: number, url: string): string => {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}
