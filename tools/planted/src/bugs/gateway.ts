/** Bugs in the requests to the payment gateway and their idempotency keys. */
import { edit, type PlantedBug } from '../bug.ts'

export const gatewayBugs: readonly PlantedBug[] = [
  {
    name: 'cancel the charge found by idempotency key instead of the stored one',
    edits: [
      edit('services/payment/src/tasks/cancel-charge.ts', 'reference: payment.gatewayReference', 'reference: null'),
    ],
    file: 'services/payment/test/cancel.int.test.ts',
    test: 'cancels the stored object',
    failure: "expected [ 'PaymentVoided',",
  },
  {
    name: 'execute a refund task of an earlier round',
    edits: [edit('services/payment/src/tasks/refund.ts', ' || payment.round !== round', '')],
    file: 'services/payment/test/refund.int.test.ts',
    test: 'is made only in the requested round',
    failure: 'expected [ { refunded: 4500 } ] to deeply equal [ { refunded: +0 } ]',
  },
  {
    name: 'reject the repeated record of a refund by hand',
    edits: [
      edit(
        'services/payment/src/http/post-refund.ts',
        'if (isRecorded(stored, body)) return { status: 202, body: await readView(database, stored) }',
        '',
      ),
    ],
    file: 'services/payment/test/http.int.test.ts',
    test: 'repeats the response for the reference that was recorded',
    failure: 'status: 409',
  },
  {
    name: 'retry a refund with an idempotency key for which the gateway stores a response',
    edits: [
      edit(
        'services/payment/src/gateway/keys.ts',
        'refundKey = (reference: string, round: number, attempt: number): string =>',
        'refundKey = (reference: string, round: number, _: number, attempt = 1): string =>',
      ),
    ],
    file: 'services/payment/test/refund.int.test.ts',
    test: 'is requested under another key',
    failure: 'The gateway failed to refund',
  },
]
