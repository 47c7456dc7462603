/** A real RabbitMQ for the tests, from one of several sources. */
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
 * The broker of a test run: that of AMQP_URL, or a node of our own. At AMQP_URL the tests only create and delete
 * virtual hosts, for which they need its management API.
 * @throws one sentence with the remedy if there is no RabbitMQ.
 */
export const startRabbitMq = async (): Promise<RabbitMq> => {
  const url = process.env['AMQP_URL']
  if (!url) return startRabbitMqNode({ inMemory: true })
  await manage(url, 'GET /api/overview')
  return { url, stop: async () => undefined }
}

/** The version of a broker, such as 4.0.5, which it sends to every client. */
export const brokerVersion = async (url: string): Promise<string> => {
  const connection = await connect(url)
  const { version } = connection.connection.serverProperties
  await connection.close()
  return version
}

const missing = 'The tests need RabbitMQ: install rabbitmq-server (3.10 or later), start Docker, or set AMQP_URL.'

/** Describes in one sentence which RabbitMQ the tests use, or what will be installed. */
export const describeRabbitMq = async (): Promise<string> => {
  if (process.env['AMQP_URL']) return 'RabbitMQ: the server at AMQP_URL.'
  if (findRabbitMq() !== null) return 'RabbitMQ: nodes of the installed rabbitmq-server.'
  if (await dockerWorks()) return 'RabbitMQ: a container.'
  if (!canInstall()) return missing
  return 'RabbitMQ is not installed: the integration tests will install it by apt-get install rabbitmq-server.'
}

/** Our own node, which `stop` removes. */
export interface PrivateNode extends RabbitMqNode {
  stop(): Promise<void>
}

/** Starts one node. See `startRabbitMqCluster`. */
export const startRabbitMqNode = async (options: Omit<ClusterOptions, 'size'> = {}): Promise<PrivateNode> => {
  const { nodes, stop } = await startRabbitMqCluster({ ...options, size: 1 })
  const [node] = nodes
  if (!node) throw new Error('A cluster has at least one node.')
  return { ...node, stop }
}

/**
 * Nodes that a test may kill and start again, on free ports: from RABBITMQ_ROOT, or the installed rabbitmq-server, or
 * Docker for a single one, or a newly installed rabbitmq-server as root on Debian. They end with this process, even if
 * that is killed.
 * @throws one sentence with the package to install if none of these works.
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
