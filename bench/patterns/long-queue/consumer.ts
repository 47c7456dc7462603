/**
 * The consumer, as a process of its own, so that its memory is not that of the publisher. It decodes and acknowledges each event,
 * and reports its progress over the IPC channel of `child_process.fork`. It exits with its parent.
 */
import { decode } from '@quadrille/events'
import { amqpBroker } from '@quadrille/messaging'
import { consumer, inbox, noStores, numberOf } from './inbox.ts'

export interface Progress {
  /** The number of different events. */
  readonly taken: number
  /** The number of events that came again. */
  readonly repeated: number
}

/** The default of PREFETCH. */
const prefetch = 250
const reportMs = 100

const fail = (error: unknown): never => {
  throw error
}

const [url = '', count = '0'] = process.argv.slice(2)
const seen = new Uint8Array(Number(count))
let [taken, repeated] = [0, 0]
const broker = amqpBroker(url, { onError: fail })
broker.join(consumer, noStores()).consume(
  inbox,
  (delivery) => {
    const number = numberOf(decode(delivery.message.body).message.subject)
    if (seen[number] === 0) taken += 1
    else repeated += 1
    seen[number] = 1
    delivery.ack()
  },
  { prefetch },
)
setInterval(() => process.send?.({ taken, repeated } satisfies Progress), reportMs)
process.on('disconnect', () => process.exit())
