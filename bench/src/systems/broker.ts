/** The RabbitMQ of a benchmark: a node of its own, or the server at AMQP_URL. */

import { createVhost, startRabbitMq, startRabbitMqNode, type Vhost } from '@quadrille/testing'
import { connect } from 'amqplib'

export interface Broker {
  readonly url: string
  readonly version: string
  /** The process of the node. Null if it is not on this machine, or in a container. */
  readonly pid: number | null
  /** The page with its metrics. Null for the server at AMQP_URL. */
  readonly metricsUrl: string | null
  createVhost(): Promise<Vhost>
  stop(): Promise<void>
}

/** @throws one sentence with the remedy if there is no RabbitMQ. */
export const startBroker = async (): Promise<Broker> => {
  const { url, stop, pid, metricsUrl } = process.env['AMQP_URL'] ? await useServer() : await startNode()
  const connection = await connect(url)
  const { version } = connection.connection.serverProperties
  await connection.close()
  return { url, version, pid, metricsUrl, createVhost: () => createVhost(url), stop }
}

const useServer = async () => ({ ...(await startRabbitMq()), pid: null, metricsUrl: null })

const startNode = async () => {
  const { url, stop, pid, metricsAddress } = await startRabbitMqNode()
  return { url, stop, pid: pid(), metricsUrl: `http://${metricsAddress}/metrics` }
}
