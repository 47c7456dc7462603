/** Bugs in questions between services, and in the check of an order before it is accepted. */
import { edit, type PlantedBug } from '../bug.ts'

const openQuestions = 'packages/messaging/src/questions/open-questions.ts'
const inProcess = 'packages/messaging/test/in-process.int.test.ts'
const orderCheck = 'services/order/test/order-check.int.test.ts'

export const questionBugs: readonly PlantedBug[] = [
  {
    name: 'let a question wait without a limit',
    edits: [edit(openQuestions, 'setTimeout(giveUp, timeoutMs)', 'setTimeout(giveUp, 1_000 * timeoutMs)')],
    check: {
      project: 'unit',
      file: 'packages/messaging/test/open-questions.unit.test.ts',
      test: 'no question stays open',
      failure: 'timed out',
    },
  },
  {
    name: 'take a late answer for that of another question',
    edits: [edit(openQuestions, 'this.#lastId += 1', 'this.#lastId = this.#open.size + 1')],
    check: { project: 'int', file: inProcess, test: 'a late answer is not taken', failure: "to be 're next'" },
  },
  {
    name: 'answer questions whose answer is no longer awaited',
    edits: [edit('packages/messaging/src/questions/answering.ts', 'untilMs > now', 'untilMs > 0')],
    check: {
      project: 'int',
      file: inProcess,
      test: 'that arrive while a batch runs',
      failure: "to not include 'late'",
    },
  },
  {
    name: 'keep any number of questions open',
    edits: [edit(openQuestions, 'this.#open.size >= maxOpenQuestions ||', '')],
    check: {
      project: 'unit',
      file: 'packages/messaging/test/open-questions.unit.test.ts',
      test: 'the number of open questions has a maximum',
      failure: "to be 'overload'",
    },
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
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-questions.int.test.ts',
      test: 'that can not be sent is reported',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'ask nothing more on a connection that once had no free channel',
    edits: [
      edit(
        'packages/messaging/src/amqp/kept-channel.ts',
        'if (channel instanceof IllegalOperationError) return',
        'if (channel instanceof Error) return',
      ),
    ],
    check: {
      project: 'int',
      file: 'packages/messaging/test/kept-channel.int.test.ts',
      test: 'waits on a connection that has no free channel',
      failure: 'to be greater than 2',
    },
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
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-questions.int.test.ts',
      test: 'still holds the reply queue',
      failure: "to be 're next'",
    },
  },
  {
    name: 'send questions to a connection that takes nothing',
    edits: [
      edit('packages/messaging/src/amqp/questions/asker.ts', 'taken ? 0 : this.#unsentBytes + bytes', 'Number(!taken)'),
    ],
    check: {
      project: 'int',
      file: 'packages/messaging/test/amqp-questions.int.test.ts',
      test: 'are refused while the connection takes nothing',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'let any number of questions wait in one process',
    edits: [
      edit('packages/messaging/src/in-process/questions.ts', 'instance.waiting >= maxWaiting', 'instance.waiting < 0'),
    ],
    check: {
      project: 'unit',
      file: 'packages/messaging/test/in-process-questions.unit.test.ts',
      test: 'a maximum of questions waits',
      failure: "to be 'overload'",
    },
  },
  {
    name: 'ask again for a repeated order',
    edits: [
      edit('services/order/src/http/post-order.ts', "    if (first) return { outcome: 'repeated', first }\n", ''),
    ],
    check: {
      project: 'int',
      file: orderCheck,
      test: 'is repeated by its key without another question',
      failure: 'to deeply equal []',
    },
  },
  {
    name: 'reject a repeat although its order was accepted meanwhile',
    edits: [
      edit(
        'services/order/src/http/post-order.ts',
        "      if (accepted) return { outcome: 'repeated', first: accepted }\n",
        '',
      ),
    ],
    check: {
      project: 'int',
      file: orderCheck,
      test: 'a repeat gets the first response',
      failure: 'to deeply equal',
    },
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
    check: {
      project: 'int',
      file: orderCheck,
      test: 'rejected while that is being stored',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'let a flood of cart pages turn off the check of orders',
    edits: [edit('services/order/src/stock-questions.ts', 'askUpTo(maxWaitingWithoutOrder)', 'askUpTo(maxWaiting)')],
    check: {
      project: 'unit',
      file: 'services/order/test/stock-questions.unit.test.ts',
      test: 'leave half of the maximum to orders',
      failure: 'to be 5',
    },
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
    check: {
      project: 'int',
      file: orderCheck,
      test: 'an order is accepted, which is counted',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'let an order wait for the question of others',
    edits: [
      edit(
        'services/order/src/stock-questions.ts',
        'Promise.race([askAll(skus, { trace, ended: ending.signal }), late])',
        'askAll(skus, { trace, ended: ending.signal })',
      ),
    ],
    check: {
      project: 'unit',
      file: 'services/order/test/stock-questions.unit.test.ts',
      test: 'are not awaited longer than for one question',
      failure: 'timed out',
    },
  },
  {
    name: 'take a SKU for known although inventory has not answered',
    edits: [
      edit(
        'services/order/src/stock-questions.ts',
        'for (const sku of levels.keys()) remember(sku)',
        'for (const sku of skus) remember(sku)',
      ),
    ],
    check: {
      project: 'unit',
      file: 'services/order/test/stock-questions.unit.test.ts',
      test: 'make a SKU known, unless',
      failure: 'to deeply equal',
    },
  },
]
