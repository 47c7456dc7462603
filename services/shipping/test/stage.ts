/** The complete shipping service on the in-process broker. The test takes the part of the other services. */
import { choreography, decode, type Message } from '@quadrille/events'
import { eventAddress, inboxOf, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { pino } from 'pino'
import { shipping } from '../src/service.ts'

export interface Stage extends AsyncDisposable {
  readonly url: string
  readonly database: Database
  /** The events that shipping has published, in the order of arrival. */
  readonly published: Message[]
  /** Publishes a message as the order service. Resolves when shipping has committed its effect. */
  publish(message: Message): Promise<void>
  /** Starts another instance of the service. */
  startAnother(): Promise<RunningService>
  /** Starts another instance, whose broker has no other service: its events wait. Its outbox is full with one event. */
  startAlone(): Promise<RunningService>
}

export const openStage = async (serverUrl: string): Promise<Stage> => {
  const { url, drop } = await createServiceDatabase(serverUrl, shipping)
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  const published: Message[] = []
  const join = (name: 'order' | 'notification', receive: (message: Message) => void) => {
    const topology = { ...topologyOf(choreography[name], choreography), requiredInboxes: [] }
    const participant = broker.join(topology, memoryStores())
    const handle = (delivery: { message: { body: Uint8Array }; ack: () => void }) => {
      receive(decode(delivery.message.body).message)
      delivery.ack()
    }
    participant.consume(inboxOf(name), handle, { prefetch: 100 })
    return participant
  }
  const order = join('order', (message) => published.push(message))
  join('notification', () => undefined)
  const running: RunningService[] = []
  const lonely = inProcessBroker({ onError: (error) => log.error(error) })
  const start = async (at = broker, variables: Readonly<Record<string, string>> = {}) => {
    const env = { DATABASE_URL: url, PORT: '0', ...variables }
    const service = await startService(shipping, { broker: at, env, log })
    running.push(service)
    return service
  }
  const { url: serviceUrl } = await start()
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  return {
    url: serviceUrl,
    database,
    published,
    publish: (message) => order.publisher.publish(eventAddress('order'), toWire(message)),
    startAnother: start,
    startAlone: () => start(lonely, { OUTBOX_MAX: '1' }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map((service) => service.stop()))
      await broker.close()
      await lonely.close()
      await database.end()
      await drop()
    },
  }
}
