/** Ports of a private RabbitMQ node. */
import { isFree } from '@quadrille/embedded-postgres'

export interface NodePorts {
  readonly amqp: number
  readonly management: number
  readonly distribution: number
  readonly epmd: number
  readonly amqps: number
  /** The port of its metrics for Prometheus. */
  readonly metrics: number
}

/** The default port of a broker's management API: 15672 for 5672, and so on. */
export const managementPortOf = (amqpPort: number): number => amqpPort + 10_000

/**
 * Finds six free ports below the range from which Linux assigns ports to outgoing connections, so that they stay free.
 */
export const freePorts = async (random: () => number = Math.random): Promise<NodePorts> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const amqp = 10_240 + 5 * Math.floor(random() * 2_400)
    const ports = {
      amqp,
      management: managementPortOf(amqp),
      distribution: amqp + 1,
      epmd: amqp + 2,
      amqps: amqp + 3,
      metrics: amqp + 4,
    }
    if ((await Promise.all(Object.values(ports).map(isFree))).every(Boolean)) return ports
  }
  throw new Error(
    'Found no free ports for RabbitMQ between 10240 and 32240: stop some of the programs that listen there.',
  )
}

/** The ports of this number of nodes. */
export const freePortsOf = async (nodes: number): Promise<NodePorts[]> => {
  const found = new Map<number, NodePorts>()
  while (found.size < nodes) {
    const ports = await freePorts()
    found.set(ports.amqp, ports)
  }
  return [...found.values()]
}
