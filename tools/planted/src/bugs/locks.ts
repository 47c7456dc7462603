/** Bugs in transactions, and in the handling of messages about locked rows. */
import { edit, type PlantedBug } from '../bug.ts'

export const lockBugs: readonly PlantedBug[] = [
  {
    name: 'wait for rows that another session has locked',
    edits: [edit('packages/service/src/core/claim.ts', 'for update skip locked', 'for update')],
    file: 'packages/service/test/core/locked.int.test.ts',
    test: 'handles other parcels while another session holds the row locks of 16',
    failure: 'to be 80',
  },
  {
    name: 'lock the stock of orders that are not claimed',
    edits: [edit('services/inventory/src/db/stock-table.ts', 'as given where', 'as given where true or')],
    file: 'services/inventory/test/tables.int.test.ts',
    test: 'load and lock no row of an order that is not claimed',
    failure: "expected [ [ 'mug' ], [ 'tea' ], [] ]",
  },
  {
    name: 'wait for orders that another instance has inserted and not committed',
    edits: [
      edit(
        'packages/service/src/core/claim.ts',
        'where pg_try_advisory_xact_lock(hashtextextended(subject::text, 0))',
        'where true',
      ),
    ],
    file: 'packages/service/test/core/locked.int.test.ts',
    test: 'handles other parcels while another instance has inserted new ones and not committed',
    failure: 'to be 80',
  },
  {
    name: 'let one order that Postgres rejects block the whole service',
    edits: [
      edit(
        'packages/service/src/core/batch-runner.ts',
        "faultOf(error) === 'unavailable' && !concernsStatement(error) &&",
        "faultOf(error) === 'unavailable' &&",
      ),
    ],
    file: 'packages/service/test/core/locked.int.test.ts',
    test: 'an error of Postgres that concerns one parcel > is found in a batch, and the rest of the batch is applied',
    failure: 'to have a length of 15',
  },
  {
    name: 'never wait for a shared row again after a lock timeout',
    edits: [edit('packages/service/src/core/batch-runner.ts', '+ waitingSuspendedMs', '+ waitingSuspendedMs * 1_000')],
    file: 'packages/service/test/core/locked.int.test.ts',
    test: 'waits for a shared row again three seconds after a wait for it has timed out',
    failure: 'expected false to be true',
  },
  {
    name: 'let a suspected poison message that waits for a lock block all others',
    edits: [
      edit(
        'packages/service/src/delivery/policies/poison-messages/isolate.ts',
        '[poisonMessage(incoming)] : await next([incoming])',
        '[poisonMessage(incoming)] : await (async () => {\n' +
          '      let outcomes = await next([incoming])\n' +
          "      while (outcomes[0]?.status === 'not_now') outcomes = await next([incoming])\n" +
          '      return outcomes\n    })()',
      ),
      edit(
        'packages/service/src/delivery/policies/poison-messages/isolate.ts',
        '(begun < maxStarts ? within(aloneMs, settled) : settled)',
        'settled',
      ),
    ],
    file: 'packages/service/test/delivery/environment.int.test.ts',
    test: 'a suspect whose parcel is locked does not block the next suspect, and is handled later',
    failure: 'to include',
  },
  {
    name: 'keep a task unacknowledged forever if its outcome can’t be stored',
    edits: [
      edit(
        'packages/service/src/delivery/waiting-room.ts',
        'performance.now() >= endsAtMs',
        'performance.now() >= endsAtMs * 1_000',
      ),
    ],
    file: 'packages/service/test/delivery/settle.unit.test.ts',
    test: 'failed keeps a performed task in memory for eight minutes, and counts each attempt',
    failure: 'expected [] to deeply equal [ { retry: 1000',
  },
  {
    name: 'treat a lock timeout as an outage',
    edits: [
      edit(
        'packages/service/src/core/postgres-availability.ts',
        "faultOf(error) === 'unavailable' && !isPoolTimeout",
        'faultOf(error) !== undefined && !isPoolTimeout',
      ),
    ],
    file: 'packages/service/test/core/postgres-availability.int.test.ts',
    test: 'waits for a lock of another session, which is not an outage',
    failure: 'to be Infinity',
  },
  {
    name: 'write before Postgres has confirmed the begin',
    edits: [
      edit(
        'packages/postgres/src/transaction.ts',
        'this.#waitsForBegin ||= !reads(text)',
        'this.#waitsForBegin ||= false',
      ),
    ],
    file: 'packages/service/test/core/transaction.int.test.ts',
    test: 'writes nothing, trusts nothing and takes another connection where begin is answered by another command',
    failure: "expected [ 'outside a transaction' ] to deeply equal []",
  },
  {
    name: 'treat a commit that ended in a rollback as successful',
    edits: [edit('packages/postgres/src/transaction.ts', "if (command !== 'COMMIT')", "if (command === 'BEGIN')")],
    file: 'packages/service/test/core/transaction.int.test.ts',
    test: 'fails if Postgres answers the commit with a rollback',
    failure: "expected undefined to be 'conflict'",
  },
  {
    name: 'let a transaction stay idle for a minute and a half',
    edits: [
      edit(
        'packages/postgres/src/settings.ts',
        'idle_in_transaction_session_timeout: String(idleInTransactionMs)',
        'idle_in_transaction_session_timeout: String(3 * statementTimeoutMs + 0 * idleInTransactionMs)',
      ),
    ],
    file: 'packages/service/test/core/transaction.int.test.ts',
    test: 'is ended by Postgres if it is idle for too long',
    failure: 'canceling statement due to lock timeout',
  },
  {
    name: 'accept a measurement of the database’s clock that took minutes',
    edits: [
      edit('packages/postgres/src/clock.ts', 'receivedAt - sentAt <= longestRoundTripMs', 'receivedAt >= sentAt'),
    ],
    file: 'packages/service/test/core/clock.int.test.ts',
    test: 'a measurement changes nothing if this process was paused during it',
    failure: 'expected true to be false',
  },
  {
    name: 'lock the rows of a subject before the others are claimed',
    edits: [
      edit(
        'packages/service/src/core/claim.ts',
        'from unnest((\n         select array_agg(subject) from unnest',
        'from (\n         select subject from unnest',
      ),
      edit('packages/service/src/core/claim.ts', '       )) as asked (subject)\n', '       ) as asked (subject)\n'),
    ],
    file: 'packages/service/test/core/claim.int.test.ts',
    test: 'a transaction has the locks of all subjects before it locks a row',
    failure: 'a row is read before all subjects are locked',
  },
]
