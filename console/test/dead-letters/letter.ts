/** A dead letter for tests. */
import type { DeadLetter } from '../../src/page/api/types.ts'

const at = '2026-11-28T12:00:00.000Z'

export const letterOf = (id: string): DeadLetter => ({
  ...{ id, messageId: `message ${id}`, type: 'OrderPlaced', orderId: null, queue: 'payment.inbox' },
  ...{ reason: 'attempts_exhausted', error: 'It failed.', place: null, attempts: 1 },
  ...{ firstFailedAt: at, lastFailedAt: at, status: 'parked' },
})
