/** A real RabbitMQ for the tests, wherever one can be had. */
import { connect } from 'amqplib'
import { canInstall, install } from './debian.ts'
import { dockerWorks, startContainer } from './rabbitmq/container.ts'
import { findRabbitMq } from './rabbitmq/installation.ts'
import type { RabbitMqCluster, RabbitMqNode } from './rabbitmq/node.ts'
import { type ClusterOptions, startPrivateCluster } from './rabbitmq/private-cluster.ts'
import { manage } from './rabbitmq/vhost.ts'

export interface RabbitMq {
  readonly url: string
  stop(): Promise<void>
}

/**
 * The broker of a test run: that of AMQP_URL, else a node of our own. At AMQP_URL nothing is touched but virtual hosts that
 * the tests make and drop, for which its management API is needed.
 * @throws one sentence that says what to do, where there is none.
 */
export const startRabbitMq = async (): Promise<RabbitMq> => {
  const url = process.env['AMQP_URL']
  if (!url) return startRabbitMqNode()
  await manage(url, 'GET /api/overview')
  return { url, stop: async () => undefined }
}

/** The version of a broker, such as 4.0.5. It sends that to every client. */
export const brokerVersion = async (url: string): Promise<string> => {
  const connection = await connect(url)
  const { version } = connection.connection.serverProperties
  await connection.close()
  return version
}

const missing = 'The tests need RabbitMQ: install rabbitmq-server (3.10 or later), start Docker, or set AMQP_URL.'

/** One sentence that says which RabbitMQ the tests are going to use, and what is installed for it. */
export const planForRabbitMq = async (): Promise<string> => {
  if (process.env['AMQP_URL']) return 'RabbitMQ: the one at AMQP_URL.'
  if (findRabbitMq() !== null) return 'RabbitMQ: nodes of the rabbitmq-server that is installed here.'
  if (await dockerWorks()) return 'RabbitMQ: a container.'
  if (!canInstall()) return missing
  return 'RabbitMQ is not installed: the integration tests will install it by apt-get install rabbitmq-server.'
}

/** A node of our own, which `stop` removes. */
export interface PrivateNode extends RabbitMqNode {
  stop(): Promise<void>
}

/** One node, as `startRabbitMqCluster` makes it. */
export const startRabbitMqNode = async (options: Omit<ClusterOptions, 'size'> = {}): Promise<PrivateNode> => {
  const { nodes, stop } = await startRabbitMqCluster({ ...options, size: 1 })
  const [node] = nodes
  if (!node) throw new Error('A cluster has at least one node.')
  return { ...node, stop }
}

/**
 * Nodes that a test may kill and start again, on free ports: that of RABBITMQ_ROOT, else rabbitmq-server on this machine, else Docker for a single one,
 * else an installed rabbitmq-server where we are root on Debian. They end with us, also when we are killed.
 * @throws one sentence that says what to install, where none of these works.
 */
export const startRabbitMqCluster = async (options: ClusterOptions): Promise<RabbitMqCluster> => {
  const found = findRabbitMq()
  if (found !== null) return startPrivateCluster(found, options)
  if (options.size === 1 && (await dockerWorks())) return startContainer(options)
  if (canInstall()) await install('rabbitmq-server')
  const installed = findRabbitMq()
  if (installed !== null) return startPrivateCluster(installed, options)
  const docker = options.size === 1 ? ', start Docker' : ''
  throw new Error(`The tests need RabbitMQ: install rabbitmq-server (3.10 or later)${docker}, or set AMQP_URL.`)
}
