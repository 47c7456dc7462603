/** Dead letters for the commands of the pages. */
import { contentType } from '@quadrille/messages'
import type { DeadLetter } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { deadLetterTable } from '@quadrille/service/tools'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'

/**
 * The dead letters of the pages: two with the same failure, of which one is replayed alone, and one that is discarded.
 */
export const [alone, sameFailure, discarded] = ['a', 'c', 'b'].map(
  (last) => `0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6${last}`,
)

/** Adds dead letters of old orders to payment. */
export const parkAtPayment = async (serverUrl: string): Promise<void> => {
  const url = Object.assign(new URL(serverUrl), { pathname: '/quadrille_payment' }).href
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  const deadLetter = (id = '', reason = 'attempts_exhausted'): DeadLetter => {
    const message = aMessage('OrderPlaced', aPlacedOrder())
    const { id: messageId, type, subject: correlationId } = message
    const sent = {
      appId: 'order',
      contentType,
      timestamp: noon,
      headers: {},
      body: Buffer.from(JSON.stringify(message)),
    }
    return {
      ...{
        id,
        reason,
        queue: 'payment.inbox',
        exchange: 'order.events',
        message: { id: messageId, type, correlationId, ...sent },
      },
      ...{ error: 'as an example', stack: null, attempts: 6, firstFailedAt: noon, lastFailedAt: noon },
    }
  }
  await deadLetterTable(database).add([
    deadLetter(alone),
    deadLetter(sameFailure),
    deadLetter(discarded, 'schema_violation'),
  ])
  await database.end()
}
