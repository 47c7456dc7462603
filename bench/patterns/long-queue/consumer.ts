/**
 * The consumer, as a process of its own, so that its memory is not that of the publisher. It decodes and acknowledges each event,
 * and sends a message when it has taken all. It exits with its parent.
 */
import { decode } from '@quadrille/events'
import { amqpBroker } from '@quadrille/messaging'
import { noStores } from '../no-stores.ts'
import { consumer, inbox, numberOf } from './inbox.ts'

/** All different events are taken. With 0 events it is sent at the start. */
export interface Taken {
  readonly type: 'taken'
  /** The number of events that came again. */
  readonly repeated: number
}

/** The default of PREFETCH. */
const prefetch = 250

const fail = (error: unknown): never => {
  throw error
}

const [url = '', count = '0'] = process.argv.slice(2)
const seen = new Uint8Array(Number(count))
let [taken, repeated] = [0, 0]
const report = () => {
  if (taken === seen.length) process.send?.({ type: 'taken', repeated } satisfies Taken)
}
const broker = amqpBroker(url, { onError: fail })
broker.join(consumer, noStores).consume(
  inbox,
  (delivery) => {
    const number = numberOf(decode(delivery.message.body).message.subject)
    if (seen[number] === 0) taken += 1
    else repeated += 1
    seen[number] = 1
    delivery.ack()
    report()
  },
  { prefetch },
)
report()
process.on('disconnect', () => process.exit())
