/** Bugs in the classification of failures: of Postgres, of an external system, of many messages or of one. */
import { edit, type PlantedBug } from '../bug.ts'

export const faultBugs: readonly PlantedBug[] = [
  {
    name: 'treat a missing table as a failure of the message',
    edits: [edit('packages/postgres/src/fault.ts', "  '42P01', // undefined_table\n", '')],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/environment.int.test.ts',
      test: 'requests are answered with Retry-After until the missing object exists',
      failure: 'expected [ 500, null ] to deeply equal [ 503, ',
    },
  },
  {
    name: 'park messages one by one although all fail for the same reason',
    edits: [
      edit(
        'packages/service/src/delivery/policies/common-fault.ts',
        'subjects >= (last ? 2 : 5)',
        'subjects > 5 && last',
      ),
    ],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/policies/common-fault.int.test.ts',
      test: 'on the in-process broker > two parcels, at their last attempt, are held until one succeeds',
      failure: 'to match object',
    },
  },
  {
    name: 'repeat a task whose outcome could not be stored',
    edits: [edit('packages/service/src/delivery/tasks.ts', 'unstored.of(message) ?? (await', '(await')],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/policies/common-fault.int.test.ts',
      test: 'on the in-process broker > one task whose outcome cannot be stored',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'let a task that made no call close the circuit breaker',
    edits: [
      edit('packages/service/src/delivery/tasks.ts', 'return result === noCallMade ? ignored : done', 'return done'),
    ],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/giving-up.int.test.ts',
      test: 'tasks whose external system is unavailable > keep waiting, whatever the outcome of tasks that call no external system',
      failure: 'expected',
    },
  },
  {
    name: 'give up a task during an outage of its external system',
    edits: [edit('packages/service/src/delivery/retry-policy.ts', ' && !outage)', ')')],
    check: {
      project: 'unit',
      file: 'packages/service/test/delivery/retry-policy.unit.test.ts',
      test: 'an outage of the external system > does not give up messages, after any number of failed attempts',
      failure: 'to deeply equal [ 600, 600, 600 ]',
    },
  },
  {
    name: 'disable the circuit breaker under low load',
    edits: [
      edit(
        'packages/service/src/delivery/policies/breaker.ts',
        'subjects >= 5 || (tries >= 3 && forMs >= 5_000)',
        'subjects >= 5',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/service/test/delivery/policies/breaker.unit.test.ts',
      test: 'a circuit breaker > opens when the few parcels of a small post office got no answer for five seconds',
      failure: 'expected [ false ] to deeply equal [ true ]',
    },
  },
  {
    name: 'mark a notification as failed during an outage of the mail server',
    edits: [edit('services/notification/src/tasks/notify.ts', 'return outage !== true && ', 'return ')],
    check: {
      project: 'int',
      file: 'services/notification/test/email.int.test.ts',
      test: 'an email by SMTP > waits for a server that is down, even at attempt 3 of 3',
      failure: 'promise resolved',
    },
  },
  {
    name: 'send a notification that another worker has claimed',
    edits: [
      edit(
        'services/notification/src/db/notification-table.ts',
        "where status = 'pending' and (claimed_until is null or claimed_until < clock_timestamp())",
        "where status = 'pending'",
      ),
    ],
    check: {
      project: 'int',
      file: 'services/notification/test/claims.int.test.ts',
      test: 'a worker without a claim retries later, and that is not counted as an attempt',
      failure: "expected [ 'fulfilled', 'fulfilled' ]",
    },
  },
  {
    name: 'answer an event storm without end',
    edits: [edit('packages/messages/src/sealing.ts', 'hops: (cause.hops ?? 0) + 1', 'hops: 1')],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/event-storm.int.test.ts',
      test: 'an event storm on the in-process broker > ends with a dead letter',
      failure: 'expected [] to deeply equal',
    },
  },
  {
    name: 'let each instance have a rate limit of its own',
    edits: [edit('packages/outbox/src/rate-limit-table.ts', 'least($3, floor(min(permits) + 1e-6))', '$3')],
    check: {
      project: 'int',
      file: 'services/payment/test/rate.int.test.ts',
      test: 'holds over three instances',
      failure: 'to be less than or equal to 0',
    },
  },
  {
    name: 'fill the bucket of a rate limit when a service starts',
    edits: [
      edit(
        'packages/outbox/src/rate-limit-table.ts',
        `     on conflict do nothing`,
        `     on conflict (name) do update set full_at = excluded.full_at`,
      ),
      edit(
        'packages/service/src/delivery/permits.ts',
        `  const run = () =>
    takeForAll()`,
        `  const filled = insertRateLimits(options.database, options.limits)
  const run = () =>
    filled
      .then(takeForAll)`,
      ),
    ],
    check: {
      project: 'int',
      file: 'services/payment/test/rate.int.test.ts',
      test: 'holds across a restart, however long it takes',
      failure: 'to have a length of 1 but got',
    },
  },
  {
    name: 'let tasks that wait for a permit delay the end of a service',
    edits: [edit('packages/service/src/delivery/consumers.ts', 'stopping: stopped })', 'stopping: stopping.signal })')],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/rate-limit.int.test.ts',
      test: 'TASK_RATE on the in-process broker > lets tasks wait without a slot',
      failure: 'to be less than 4000',
    },
  },
  {
    name: 'count a task that waits for a permit as work',
    edits: [edit('packages/service/src/delivery/slots.ts', 'change(-1)', 'change(0)')],
    check: {
      project: 'int',
      file: 'packages/service/test/delivery/rate-limit.int.test.ts',
      test: 'TASK_RATE on the in-process broker > lets tasks wait without a slot',
      failure: "to be '0'",
    },
  },
  {
    name: 'call an external system whose circuit has opened while the task waited for a permit',
    edits: [edit('packages/service/src/delivery/policies/break-circuit.ts', '?.isValid()', '?.isProbe !== true')],
    check: {
      project: 'unit',
      file: 'packages/service/test/delivery/policies/limit-rate.unit.test.ts',
      test: 'a task that has waited for a permit while the circuit opened makes no call, and takes a new permit when it has closed',
      failure: 'to match object',
    },
  },
  {
    name: 'close an open circuit when the outcome of an earlier call is stored',
    edits: [
      edit(
        'packages/service/src/delivery/policies/break-circuit.ts',
        `if (incoming.isPerformed) return undefined
    const permit = breaker.admit()`,
        'const permit = incoming.isPerformed ? breaker.bypass() : breaker.admit()',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/service/test/delivery/tasks.unit.test.ts',
      test: 'does not close a circuit that has opened meanwhile, because it makes no call',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'start further instances because instances were started',
    edits: [
      edit(
        'packages/service/src/telemetry/load/instances-wanted.ts',
        'handledPerS * Math.max(1, averageConsumers)',
        'handledPerS * present',
      ),
    ],
    check: {
      project: 'unit',
      file: 'packages/service/test/telemetry/load/closed-loop.unit.test.ts',
      test: 'a constant load gets enough instances, not many more in between, and keeps them',
      failure: 'to be less than or equal to',
    },
  },
  {
    name: 'send a notification whose claim has expired',
    edits: [edit('services/notification/src/tasks/notify.ts', 'claim.leftMs() < channel.timeoutMs', 'claim === null')],
    check: {
      project: 'int',
      file: 'services/notification/test/claims.int.test.ts',
      test: 'a worker that gets its claim too late sends nothing',
      failure: 'promise resolved',
    },
  },
  {
    name: 'treat a rejected sender as a rejected recipient',
    edits: [edit('services/notification/src/channels/smtp-email.ts', ' || isAboutSender(error)', '')],
    check: {
      project: 'int',
      file: 'services/notification/test/email.int.test.ts',
      test: 'an email by SMTP > waits if the server rejects the sender, in the reply to the recipient',
      failure: 'promise resolved',
    },
  },
  {
    name: 'park a repeated outcome with a different error text',
    edits: [edit('packages/service/src/core/batch.ts', 'isInternal(item.message, language) || known', 'known')],
    check: {
      project: 'int',
      file: 'services/payment/test/outcomes.int.test.ts',
      test: 'a repeated charge that is declined with another code has one outcome and no dead letter',
      failure: 'id_conflict',
    },
  },
  {
    name: 'accept the output of an upcaster without validation',
    edits: [
      edit('packages/messages/src/codec.ts', 'if (upcasted.success) return upcasted.data', 'if (title) return older'),
    ],
    check: {
      project: 'unit',
      file: 'packages/messages/test/versions.unit.test.ts',
      test: 'a wrong upcaster > makes a message undecodable if the newest version rejects the result',
      failure: 'to throw',
    },
  },
]
