import { createVhost, type Vhost } from '@quadrille/testing'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { afterAll, beforeAll, inject } from 'vitest'

/** RabbitMQ for the tests of one file: a separate virtual host, and a connection to it that the adapter does not use. */
export const useRabbitMq = () => {
  let vhost: Vhost
  let connection: ChannelModel
  let channel: ConfirmChannel
  beforeAll(async () => {
    vhost = await createVhost(inject('rabbitmqUrl'))
    connection = await connect(vhost.url)
    channel = await connection.createConfirmChannel()
  })
  afterAll(async () => {
    await connection.close()
    await vhost.drop()
  })
  return {
    get vhost() {
      return vhost
    },
    get connection() {
      return connection
    },
    get channel() {
      return channel
    },
  }
}
