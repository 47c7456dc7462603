/** Bugs in the calls of external systems: the circuit breaker, the rate limits and the concurrency of tasks. */
import { edit, type PlantedBug } from '../bug.ts'

export const externalSystemBugs: readonly PlantedBug[] = [
  {
    name: 'let a task that made no call close the circuit breaker',
    edits: [
      edit(
        'packages/service/src/delivery/perform-tasks.ts',
        "if (result !== noCallMade) incoming.call = result instanceof GivenUp ? result.error : 'answered'",
        "incoming.call = result instanceof GivenUp ? result.error : 'answered'",
      ),
    ],
    file: 'packages/service/test/delivery/giving-up.int.test.ts',
    test: 'tasks whose external system is unavailable > keep waiting, whatever the outcome of tasks that call no external system',
    failure: "to not include 'the external system of this queue ans",
  },
  {
    name: 'let a task that gives up close the circuit breaker',
    edits: [edit('packages/service/src/delivery/perform-tasks.ts', 'result instanceof GivenUp ? result.error :', '')],
    file: 'packages/service/test/delivery/perform-tasks.unit.test.ts',
    test: 'a task that gives up opens the circuit if it got no answer, and does not count as a success',
    failure: 'expected [ 1, [] ] to deeply equal',
  },
  {
    name: 'give up a task during an outage of its external system',
    edits: [edit('packages/service/src/delivery/retry-policy.ts', ' && (!outage || limited)', '')],
    file: 'packages/service/test/delivery/retry-policy.unit.test.ts',
    test: 'an outage of the external system > does not give up messages, after any number of failed attempts',
    failure: 'to deeply equal [ 600, 600, 600 ]',
  },
  {
    name: 'disable the circuit breaker under low load',
    edits: [
      edit(
        'packages/service/src/delivery/policies/break-circuit.ts',
        'subjects >= subjectsInOutage || (kind !== limited && tries >= 3 && forMs >= 5_000)',
        'subjects >= subjectsInOutage',
      ),
    ],
    file: 'packages/service/test/delivery/breaker.unit.test.ts',
    test: 'a circuit breaker > opens when the few parcels of a small post office got no answer for five seconds',
    failure: 'expected [ false ] to deeply equal [ true ]',
  },
  {
    name: 'take the refusals of one email for an outage of the mail server',
    edits: [
      edit('packages/service/src/delivery/policies/break-circuit.ts', '(kind !== limited && tries >= 3', '(tries >= 3'),
    ],
    file: 'packages/service/test/delivery/breaker.unit.test.ts',
    test: 'opens when five parcels may be at fault themselves, but not when few of them fail repeatedly',
    failure: 'expected [ true, true, true, true ] to deeply equal [ false, false, false, false ]',
  },
  {
    name: 'let each instance have a rate limit of its own',
    edits: [edit('packages/outbox/src/rate-limit-table.ts', ', floor(min(permits) + 1e-6))', ', 1e9::float)')],
    file: 'services/payment/test/rate.int.test.ts',
    test: 'holds over three instances',
    failure: 'to be less than or equal to 0',
  },
  {
    name: 'let tasks that wait for a permit delay the end of a service',
    edits: [
      edit(
        'packages/service/src/delivery/consumers.ts',
        'availability, stopping })',
        'availability, stopping: aborting.signal })',
      ),
    ],
    file: 'packages/service/test/delivery/rate-limit.int.test.ts',
    test: 'TASK_RATE on the in-process broker > lets tasks wait without a slot',
    failure: 'to be less than 3000',
  },
  {
    name: 'call an external system whose circuit has opened while the suspect waited for others',
    edits: [edit('packages/service/src/delivery/consumers.ts', '    confirmCircuit(circuit),\n', '')],
    file: 'packages/service/test/delivery/giving-up.int.test.ts',
    test: 'tasks whose external system is unavailable > make no call if the circuit has opened while they waited as suspected poison messages',
    failure: 'to be less than or equal to 10',
  },
  {
    name: 'close an open circuit when the outcome of an earlier call is stored',
    edits: [
      edit(
        'packages/service/src/delivery/policies/break-circuit.ts',
        'if (incoming.isPerformed) return handleOne(incoming, next)',
        'if (incoming.isPerformed) return after(incoming, await handleOne(incoming, next), breaker.bypass())',
      ),
    ],
    file: 'packages/service/test/delivery/perform-tasks.unit.test.ts',
    test: 'does not close a circuit that has opened meanwhile, because it makes no call',
    failure: "expected [ 1, [ 'open', 'closed' ] ]",
  },
  {
    name: 'let a suspect wait for a permit while no other suspect may be handled',
    edits: [
      edit(
        'packages/service/src/delivery/consumers.ts',
        `    breakCircuit(circuit, awaitPermit), // an admission of the breaker first, then a permit
    isolatePoisonMessages({ ...options, queue, database: storage.database }),
`,
        `    isolatePoisonMessages({ ...options, queue, database: storage.database }),
    breakCircuit(circuit, awaitPermit), // an admission of the breaker first, then a permit
`,
      ),
      edit(
        'packages/service/src/delivery/policies/poison-messages/isolate.ts',
        '(begun < maxStarts ? within(aloneMs, settled) : settled)',
        'settled',
      ),
    ],
    file: 'packages/service/test/delivery/rate-limit.int.test.ts',
    test: 'a suspected poison message that waits for another permit after an outage delays no other suspect',
    failure: 'to have a length of 1 but got',
  },
  {
    name: 'take more emails than the instance has connections to the mail server',
    edits: [edit('services/notification/src/service.ts', 'concurrency: adapter.concurrency,', '')],
    file: 'services/notification/test/rate.int.test.ts',
    test: 'an instance holds no more emails than it has connections; the others stay in the queue',
    failure: 'to deep equally contain ObjectContaining',
  },
]
