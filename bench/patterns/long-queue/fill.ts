import { type Publisher, Unconfirmed } from '@quadrille/messaging'
import { waitUntil } from '@quadrille/testing/waiting'
import { address, orderPlaced } from './inbox.ts'

/**
 * The number of events that wait for their confirm: more than at any usual rate, and less than the window of a relay. With 4,000,
 * RabbitMQ 4.0 spends more on each event the longer the queue is.
 */
const window = 250

/**
 * Publishes this many events, and resolves when RabbitMQ has confirmed all of them. An event whose outcome is unknown is published
 * again. RabbitMQ may block the publisher meanwhile, for example if it has too little memory.
 */
export const fill = async (publisher: Publisher, count: number): Promise<void> => {
  let next = 0
  const publishNext = async (): Promise<void> => {
    while (next < count) {
      const event = orderPlaced(next, new Date())
      next += 1
      while (!(await isConfirmed(publisher.publish(address, event))))
        await waitUntil(() => publisher.waitingFor() === null, { what: 'a publisher that may publish again' })
    }
  }
  await Promise.all(Array.from({ length: window }, publishNext))
}

const isConfirmed = async (published: Promise<void>): Promise<boolean> => {
  try {
    await published
    return true
  } catch (error) {
    if (error instanceof Unconfirmed) return false
    throw error
  }
}
