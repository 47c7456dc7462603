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
 * The broker of a test run: that of AMQP_URL, else rabbitmq-server on this machine as a private node on free ports, else
 * Docker, else an installed rabbitmq-server where we are root on Debian. What we started ends with us, also when we are
 * killed. At AMQP_URL nothing is touched but virtual hosts that the tests make and drop.
 * @throws one sentence that says what to install, where none of these works.
 */
export const startRabbitMq = async (): Promise<RabbitMq> => {
  const url = process.env['AMQP_URL']
  if (url) {
    await manage(url, 'GET', '/api/overview')
    return { url, stop: async () => undefined }
  }
  return findRabbitMq() === null && (await dockerWorks()) ? startContainer() : startRabbitMqNode()
}

/**
 * A node that a test can kill and start again, so never that of AMQP_URL or a container.
 * @throws one sentence that says what to install, where there is no rabbitmq-server.
 */
export const startRabbitMqNode = async (): Promise<PrivateNode> => {
  if (findRabbitMq() === null && canInstall()) await installRabbitMq()
  const scripts = findRabbitMq()
  if (scripts === null) {
    throw new Error('The tests need RabbitMQ: install rabbitmq-server (3.10 or later), start Docker, or set AMQP_URL.')
  }
  return startPrivateNode(scripts)
}
