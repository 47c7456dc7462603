/** Bugs in the requests to the payment gateway and their idempotency keys. */
import { edit, type PlantedBug } from '../bug.ts'

const simulatedGateway = 'services/payment/src/gateway/simulated/gateway.ts'
const conformance = 'services/payment/test/simulated-gateway.int.test.ts'

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
    name: 'ignore the refusal of a refund round whose request the database has lost',
    edits: [edit('services/payment/src/reactions/refund.ts', ' && round > lastRound', ' && lastRound === 0')],
    file: 'services/payment/test/reactions/refund.unit.test.ts',
    test: 'given a database that lacks the request for its round, throws (1)',
    failure: 'expected [Function] to throw an error',
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
  {
    name: 'decline an order whose earlier attempt was captured',
    edits: [
      // Otherwise the gateway finds the earlier attempt.
      edit('services/payment/src/gateway/simulated/gateway.ts', '? intents.find(key) :', '? null :'),
      edit(
        'services/payment/src/tasks/charge.ts',
        'if (payment?.gatewayReference) return',
        "if (outcome.status === 'stopped' && payment?.gatewayReference) return",
      ),
    ],
    file: 'services/payment/test/charge.int.test.ts',
    test: 'is looked up if an earlier attempt has charged it',
    failure: "expected [ 'PaymentDeclined' ] to deeply equal [ 'PaymentProcessed' ]",
  },
  {
    name: 'an adapter throws the rejection of the terms',
    edits: [
      edit(
        simulatedGateway,
        "if (offered === null) return { status: 'declined', reference: null, code: rejectionCode }",
        'if (offered === null) throw new RangeError(rejectionCode)',
      ),
    ],
    file: conformance,
    test: 'declines terms that the gateway rejects',
    failure: 'RangeError: currency_not_supported',
  },
  {
    name: 'an adapter confirms the payment intent that it has offered',
    edits: [
      edit(
        simulatedGateway,
        'const permission = await begin(offered)',
        'const given = await begin(offered); const permission = given && { ...given, reference: offered }',
      ),
    ],
    file: conformance,
    test: 'confirms the payment intent to which permission is given',
    failure: "to match object { status: 'captured'",
  },
  {
    name: 'an adapter looks up a decline only before it asks for permission',
    edits: [
      edit(
        simulatedGateway,
        'const permission = await begin(offered)',
        "const { answer } = await lookUp(offered); if (answer.status === 'declined') return answer; const permission = await begin(offered)",
      ),
      edit(
        'services/payment/src/gateway/simulated/operations.ts',
        "if (intent.status !== 'unconfirmed') return {",
        "if (intent.status !== 'unconfirmed' && intent.status !== 'declined') return {",
      ),
    ],
    file: conformance,
    test: 'returns a decline also to a worker that has permission',
    failure: "expected { status: 'captured',",
  },
  {
    name: 'a ledger has only the first payment intent of an order',
    edits: [
      edit(
        'services/payment/src/gateway/simulated/intent-table.ts',
        'from gateway.intent where $',
        'from (select distinct on (order_id) * from gateway.intent order by order_id, created_at) as first where $',
      ),
    ],
    file: conformance,
    test: 'confirms the payment intent that was stored first after',
    failure: 'expected { …(8) } to match object',
  },
]
