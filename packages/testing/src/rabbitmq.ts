/** A real RabbitMQ for the tests, wherever one can be had. */
import { dockerWorks, startContainer } from './rabbitmq/container.ts'
import { canInstall, installRabbitMq } from './rabbitmq/install.ts'
import { findRabbitMq, type PrivateNode, startPrivateNode } from './rabbitmq/private-node.ts'
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
  await manage(url, 'GET', '/api/overview')
  return { url, stop: async () => undefined }
}

/**
 * A node that a test may kill and start again, on free ports: rabbitmq-server on this machine, else Docker, else an installed
 * rabbitmq-server where we are root on Debian. It ends with us, also when we are killed.
 * @throws one sentence that says what to install, where none of these works.
 */
export const startRabbitMqNode = async (): Promise<PrivateNode> => {
  const scripts = findRabbitMq()
  if (scripts !== null) return startPrivateNode(scripts)
  if (await dockerWorks()) return startContainer()
  if (canInstall()) await installRabbitMq()
  const installed = findRabbitMq()
  if (installed !== null) return startPrivateNode(installed)
  throw new Error('The tests need RabbitMQ: install rabbitmq-server (3.10 or later), start Docker, or set AMQP_URL.')
}
