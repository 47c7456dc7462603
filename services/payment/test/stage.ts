/** The complete payment service on the in-process broker. The test takes the part of all other services. */
import { choreography, decode, encode, type Message, type MessageType } from '@quadrille/events'
import { contentType } from '@quadrille/messages'
import { eventAddress, inboxOf, inProcessBroker, type Participant, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { migrateAll, startService } from '@quadrille/service'
import { createTestDatabase, type Template } from '@quadrille/testing'
import { pino } from 'pino'
import { payment } from '../src/service.ts'

export interface Stage extends AsyncDisposable {
  readonly url: string
  readonly database: Database
  /** The events that the payment service has published, in the order of arrival. */
  readonly published: Message[]
  /** Publishes a message as the order service. */
  publish(message: Message): Promise<void>
}

const template: Template = { name: 'payment', fill: (url) => migrateAll(url, payment.migrations, payment.language) }

export const openStage = async (serverUrl: string, env: Record<string, string> = {}): Promise<Stage> => {
  const { url, drop } = await createTestDatabase(serverUrl, template)
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  const published: Message[] = []
  const join = (name: 'order' | 'inventory' | 'notification', receive: (message: Message) => void): Participant => {
    const participant = broker.join(topologyOf(choreography[name], choreography), memoryStores())
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
  const service = await startService(payment, { broker, env: { DATABASE_URL: url, PORT: '0', ...env }, log })
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })

  return {
    url: service.url,
    database,
    published,
    publish: (message) => order.publisher.publish(eventAddress('order'), toWire(message)),
    [Symbol.asyncDispose]: async () => {
      await service.stop()
      await broker.close()
      await database.end()
      await drop()
    },
  }
}

const toWire = (message: Message) => ({
  id: message.id,
  type: message.type,
  correlationId: message.subject,
  appId: 'order',
  contentType,
  timestamp: new Date(message.time),
  body: Buffer.from(encode(message)),
  headers: {},
})

export const typesOf = (messages: readonly Message[], orderId: string): MessageType[] =>
  messages.filter(({ subject }) => subject === orderId).map(({ type }) => type)
