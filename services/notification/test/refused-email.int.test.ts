/** The circuit breaker and the replies of a real mail server together, by the breaker's clock. */
import { newOrderId } from '@quadrille/events'
import { asDecoded } from '@quadrille/messages'
import { GivenUp } from '@quadrille/service'
import { breakCircuit, createBreaker, Incoming, type Outcome } from '@quadrille/service/tools'
import { aMessage, anOrder, toWire } from '@quadrille/shop-testing'
import { expect, it } from 'vitest'
import { smtpEmail } from '../src/channels/smtp-email.ts'
import { notify } from '../src/tasks/notify.ts'
import { startMailServer } from './mail-server.ts'

const maxAttempts = 8

/** A circuit of its own, with one email in the queue. `send` tries to send it, and returns how its delivery ends. */
const openCircuit = (url: string) => {
  const changes: string[] = []
  let nowMs = 0
  const breaker = createBreaker({ onChange: (state) => void changes.push(state), now: () => nowMs })
  const task = notify(smtpEmail({ url, from: 'shop@example.com', maxConnections: 1, tls: 'required' }), {
    store: {
      acquire: async (key) => ({ ...key, until: '', sentOccasions: [], leftMs: () => 3_600_000 }),
      release: async () => undefined,
    },
    maxAttempts,
    onExhausted: () => undefined,
    onNotReleased: () => undefined,
  })
  const order = anOrder(newOrderId())
  const { orderId, customer, currency, total } = order
  const message = aMessage('Notify', { orderId, occasion: 'order_placed', customer, currency, total })
  const perform = async (incoming: Incoming): Promise<Outcome> => {
    const signal = new AbortController().signal
    const result = await task.perform(message, { number: incoming.attempt(), signal }).catch((error: Error) => error)
    if (result instanceof GivenUp) incoming.call = result.error
    return result instanceof Error ? { status: 'failed', error: result } : { status: 'ignored' }
  }
  const handle = breakCircuit(breaker)((batch) => Promise.all(batch.map(perform)))
  return { changes, send }

  async function send(attempts: number): Promise<Outcome['status'] | undefined> {
    nowMs += 10_000
    const [outcome] = await handle([new Incoming(aDeliveryOf(message, attempts), { decode: () => asDecoded(message) })])
    return outcome?.status
  }
}

const aDeliveryOf = (message: ReturnType<typeof aMessage<'Notify'>>, attempts: number) => ({
  ...{ message: toWire(message), exchange: '', attempts, firstFailedAt: null, crashes: 0 },
  ...{ isLost: () => false, ack: () => undefined, park: () => undefined, retry: () => undefined },
})

it.each(['550 5.7.1 Message refused', '554 rejected as spam', '451 4.3.0 Error: queue file write error'] as const)(
  'an email that alone gets the reply %s ends after its attempts',
  async (reply) => {
    await using mailServer = await startMailServer()
    const { changes, send } = openCircuit(mailServer.url)
    const ends: (string | undefined)[] = []
    while (ends.at(-1) !== 'ignored' && ends.length < 20) {
      mailServer.refuseNext('content', reply)
      ends.push(await send(ends.filter((end) => end === 'failed').length))
    }
    expect(ends).toEqual([...Array.from({ length: maxAttempts - 1 }, () => 'failed'), 'ignored'])
    expect(changes).toEqual([])
  },
)
