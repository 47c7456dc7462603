/** Bugs in the classification of failures: of Postgres, of an external system, of many messages or of one. */
import { edit, type PlantedBug } from '../bug.ts'

export const faultBugs: readonly PlantedBug[] = [
  {
    name: 'treat a missing table as a failure of the message',
    edits: [edit('packages/postgres/src/fault.ts', "  '42P01', // undefined_table\n", '')],
    file: 'packages/service/test/delivery/environment.int.test.ts',
    test: 'requests are answered with Retry-After until the missing object exists',
    failure: 'expected [ 500, null ] to deeply equal [ 503, ',
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
    file: 'packages/service/test/delivery/policies/common-fault.int.test.ts',
    test: 'on the in-process broker, two parcels, at their last attempt, are held until one succeeds',
    failure: "to match object { status: 'degraded', held: { …(1) } }",
  },
  {
    name: 'repeat a task whose outcome could not be stored',
    edits: [edit('packages/service/src/delivery/perform-tasks.ts', 'kept ?? (await', '(await')],
    file: 'packages/service/test/delivery/policies/common-fault.int.test.ts',
    test: 'one task whose outcome cannot be stored',
    failure: 'to deeply equal [ Array(1) ]',
  },
  {
    name: 'mark a notification as failed during an outage of the mail server',
    edits: [edit('services/notification/src/tasks/notify.ts', '(!outage || limited === true) && ', '')],
    file: 'services/notification/test/email.int.test.ts',
    test: 'an email by SMTP > waits for a server that is down, even at attempt 3 of 3',
    failure: 'promise resolved "GivenUp{',
  },
  {
    name: 'send a notification that another worker has leased',
    edits: [
      edit(
        'services/notification/src/db/notification-table.ts',
        "where status = 'pending' and (claimed_until is null or claimed_until < clock_timestamp())",
        "where status = 'pending'",
      ),
    ],
    file: 'services/notification/test/leases.int.test.ts',
    test: 'a worker without a lease retries later, and that is not counted as an attempt',
    failure: "expected [ 'fulfilled', 'fulfilled' ]",
  },
  {
    name: 'send a notification after a later one that replaces it',
    edits: [
      edit(
        'services/notification/src/tasks/notify.ts',
        'isOvertaken(key.occasion, lease.sentOccasions)',
        'lease.sentOccasions.length < 0',
      ),
    ],
    file: 'services/notification/test/overtaken.int.test.ts',
    test: 'a refused refund is not announced after the refund',
    failure: 'to deeply equal',
  },
  {
    name: 'answer an event storm without end',
    edits: [edit('packages/messages/src/sealing.ts', '(cause.hops ?? 0) + 1', '1')],
    file: 'packages/service/test/delivery/event-storm.int.test.ts',
    test: 'an event storm ends with a dead letter',
    failure: 'expected [] to deeply equal',
  },
  {
    name: 'keep the deliveries of lost channels in memory',
    edits: [
      edit(
        'packages/service/src/delivery/policies/skip-lost.ts',
        'answerEarly(batch, abandonedIfLost, next)',
        'next(batch)',
      ),
      edit('packages/service/src/delivery/settle.ts', 'incoming.delivery.isLost() ?', 'incoming.backoffs < 0 ?'),
    ],
    file: 'packages/service/test/delivery/consumer.unit.test.ts',
    test: 'are not handled again, and leave the memory without a settlement',
    failure: 'to deeply equal [ +0, 1, +0 ]',
  },
  {
    name: 'send a notification whose lease has expired',
    edits: [edit('services/notification/src/tasks/notify.ts', 'lease.leftMs() < channel.timeoutMs', 'lease === null')],
    file: 'services/notification/test/leases.int.test.ts',
    test: 'a worker that gets its lease too late sends nothing',
    failure: "promise resolved \"{ type: 'NotificationDelivered'",
  },
  {
    name: 'release the lease of a notification before its final failure is stored',
    edits: [
      edit(
        'services/notification/src/tasks/notify.ts',
        'if (!isFinal(error)) await store.release',
        'await store.release',
      ),
    ],
    file: 'services/notification/test/leases.int.test.ts',
    test: 'the lease of an email that has failed finally stays',
    failure: 'promise resolved "GivenUp{',
  },
  {
    name: 'treat a rejected sender as a rejected recipient',
    edits: [edit('services/notification/src/channels/smtp-failure.ts', ' || isAboutSender(error)', '')],
    file: 'services/notification/test/email.int.test.ts',
    test: 'an email by SMTP > waits if the server rejects the sender, in the reply to the recipient',
    failure: 'promise resolved "{ …(2) }"',
  },
  {
    name: 'park a repeated outcome with a different error text',
    edits: [edit('packages/service/src/core/batch.ts', 'isInternal(item.message, language) || known', 'known')],
    file: 'services/payment/test/outcomes.int.test.ts',
    test: 'a repeated charge that is declined with another code has one outcome and no dead letter',
    failure: 'attempts_exhausted',
  },
  {
    name: 'accept the output of an upcaster without validation',
    edits: [
      edit('packages/messages/src/codec.ts', 'if (upcasted.success) return upcasted.data', 'if (title) return older'),
    ],
    file: 'packages/messages/test/versions.unit.test.ts',
    test: 'a wrong upcaster > makes a message undecodable if the newest version rejects the result',
    failure: "expected function to throw an error, but it didn't",
  },
]
