/** Bugs in questions between services, and in the check of an order before it is accepted. */
import { edit, type PlantedBug } from '../bug.ts'

const openQuestions = 'packages/messaging/src/questions/open-questions.ts'

export const questionBugs: readonly PlantedBug[] = [
  {
    name: 'let a question wait without a limit',
    edits: [edit(openQuestions, 'setTimeout(giveUp, timeoutMs)', 'setTimeout(giveUp, 1_000 * timeoutMs)')],
    file: 'packages/messaging/test/open-questions.unit.test.ts',
    test: 'no question stays open',
    failure: 'Test timed out',
  },
  {
    name: 'take a late answer for that of another question',
    edits: [edit(openQuestions, 'this.#lastId += 1', 'this.#lastId = this.#open.size + 1')],
    file: 'packages/messaging/test/in-process.int.test.ts',
    test: 'a late answer is not taken',
    failure: "to be 're next'",
  },
  {
    name: 'keep any number of questions open',
    edits: [edit(openQuestions, 'this.#open.size >= maxOpenQuestions ||', '')],
    file: 'packages/messaging/test/open-questions.unit.test.ts',
    test: 'the number of open questions has a maximum',
    failure: "to be 'overload'",
  },
  {
    name: 'let a question with an invalid reply queue end the process',
    edits: [
      edit(
        'packages/messaging/src/amqp/questions/responder.ts',
        'if (!(error instanceof IllegalOperationError)) onAnswerError(error)',
        'if (!(error instanceof IllegalOperationError)) throw error',
      ),
    ],
    file: 'packages/messaging/test/amqp-questions.int.test.ts',
    test: 'that can not be sent is reported',
    failure: 'expected +0 to be 2',
  },
  {
    name: 'use one reply queue for all connections',
    edits: [
      edit(
        'packages/messaging/src/amqp/questions/asker.ts',
        'answerQueueOf(service, randomUUID())',
        "answerQueueOf(service, '0c2d1a52-6a3e-4b47-9f0e-3c0f2f0a1b11')",
      ),
    ],
    file: 'packages/messaging/test/amqp-questions.int.test.ts',
    test: 'still holds the reply queue',
    failure: "to be 're next'",
  },
  {
    name: 'send questions to a connection that takes nothing',
    edits: [
      edit('packages/messaging/src/amqp/questions/asker.ts', 'taken ? 0 : this.#unsentBytes + bytes', 'Number(!taken)'),
    ],
    file: 'packages/messaging/test/amqp-questions.int.test.ts',
    test: 'are refused while the connection takes nothing',
    failure: "expected Set{ 'timeout' } to deeply equal",
  },
  {
    name: 'reject a repeat although its order is being stored',
    edits: [
      edit(
        'services/order/src/http/post-order.ts',
        'error instanceof Problem ? await findPlaced(',
        'error instanceof Problem ? await find(',
      ),
    ],
    file: 'services/order/test/order-check.int.test.ts',
    test: 'rejected while that is being stored',
    failure: 'expected [ 422, …(1) ] to deeply equal [ 202, …(1) ]',
  },
  {
    name: 'reject an order if inventory does not answer',
    edits: [
      edit(
        'services/order/src/http/check-lines.ts',
        "if (!levels) return 'unanswered'",
        'if (!levels) throw unknownSkus([])',
      ),
    ],
    file: 'services/order/test/order-check.int.test.ts',
    test: 'an order is accepted, which is counted',
    failure: 'expected [ 422, 422, 422 ] to deeply equal [ 202, 202, 202 ]',
  },
]
