/** A service as a process of its own, which is started by `startService`. It exits with its parent. */
import { amqpBroker, type Publisher } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { noStores } from '../../no-stores.ts'
import { relays } from '../relays/relays.ts'
import type { FromService, Load, ServiceOptions } from './protocol.ts'
import { runLoad } from './run-load.ts'
import { newMessages, store } from './store.ts'
import { topology } from './topology.ts'

const send = (message: FromService): void => void process.send?.(message)
const fail = (error: unknown): void => send({ type: 'failed', message: String(error) })

const { relay: name, databaseUrl: url, amqpUrl }: ServiceOptions = JSON.parse(process.argv[2] ?? '')
const onError = (error: unknown) => console.error(`${name}: ${error}`)

const common = { url, applicationName: 'service', onIdleError: onError }
const database = openDatabase(common)
const ofRelay = openDatabase({ ...common, max: 4, idleInTransactionMs: 30_000 })

const { publisher } = amqpBroker(amqpUrl, { onError }).join(topology, noStores)

let confirmed = 0
const counting: Publisher = {
  ...publisher,
  publish: async (to, message, options) => {
    await publisher.publish(to, message, options)
    confirmed += 1
  },
  waitingFor: () => publisher.waitingFor(),
}
const relay = relays[name]({ url, database: ofRelay, publisher: counting, onError })

process.on('message', (load: Load) => {
  const target = {
    store: async (count: number) => {
      const messages = newMessages(count)
      return { atMs: await store(database, relay, messages), ids: messages.map(({ id }) => id) }
    },
    confirmed: () => confirmed,
  }
  runLoad(target, load).then((stored) => send({ type: 'stored', stored }), fail)
})
process.on('disconnect', () => process.exit())

const untilConnected = async (): Promise<void> => {
  while (publisher.waitingFor() !== null) await new Promise((resolve) => setTimeout(resolve, 10))
}

untilConnected()
  .then(() => relay.start())
  .then(() => send({ type: 'ready' }), fail)
