/** The complete payment service. The test takes the part of all other services. */

import { choreography, decode, type Message, type MessageType } from '@quadrille/events'
import { amqpBroker, eventAddress, inboxOf, inProcessBroker, type Participant, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect } from 'vitest'
import { payment } from '../src/service.ts'

export interface Stage extends AsyncDisposable {
  /** The URL of the first instance. A restart changes it. */
  readonly url: string
  readonly database: Database
  /** The events that the payment service has published, in the order of arrival. */
  readonly published: Message[]
  /** Publishes a message as the order service. */
  publish(message: Message): Promise<void>
  /** Stops all instances, and starts as many again. */
  restart(): Promise<void>
}

export interface StageOptions {
  /** A RabbitMQ virtual host. Default: the in-process broker. */
  readonly amqpUrl?: string
  /** Several need RabbitMQ. Default: 1. */
  readonly instances?: number
}

export const openStage = async (
  serverUrl: string,
  env: Record<string, string> = {},
  { amqpUrl, instances = 1 }: StageOptions = {},
): Promise<Stage> => {
  const { url, drop } = await createServiceDatabase(serverUrl, payment)
  const log = pino({ level: 'silent' })
  const onError = (error: unknown) => log.error(error)
  const broker = amqpUrl ? amqpBroker(amqpUrl, { onError }) : inProcessBroker({ onError })
  const published: Message[] = []
  const join = (name: 'order' | 'inventory' | 'notification', receive: (message: Message) => void): Participant => {
    const topology = topologyOf(choreography[name], choreography)
    const inbox = topology.queues.filter((queue) => queue.name === inboxOf(name))
    const participant = broker.join({ ...topology, queues: inbox }, memoryStores())
    const handle = (delivery: { message: { body: Uint8Array }; ack: () => void }) => {
      receive(decode(delivery.message.body).message)
      delivery.ack()
    }
    participant.consume(inboxOf(name), handle, { prefetch: 100 })
    return participant
  }
  const order = join('order', (message) => published.push(message))
  join('inventory', () => undefined)
  join('notification', () => undefined)
  const start = () =>
    Promise.all(
      Array.from({ length: instances }, () =>
        startService(payment, { broker, env: { DATABASE_URL: url, PORT: '0', ...env }, log, sampleLoadEveryMs: 200 }),
      ),
    )
  let services = await start()
  const stop = () => Promise.all(services.map((service) => service.stop()))
  await waitFor(() => expect(order.publisher.waitingFor()).toBeNull())
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })

  return {
    get url() {
      return services[0]?.url ?? ''
    },
    database,
    published,
    publish: (message) => order.publisher.publish(eventAddress('order'), toWire(message)),
    restart: async () => {
      await stop()
      services = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      await broker.close()
      await database.end()
      await drop()
    },
  }
}

export const typesOf = (messages: readonly Message[], orderId: string): MessageType[] =>
  messages.filter(({ subject }) => subject === orderId).map(({ type }) => type)
