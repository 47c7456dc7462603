/** Bugs between a message and the database: inbox, outbox, what fails, what is forgotten. */
import { edit, type PlantedBug } from '../bug.ts'

export const shellBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge before the commit',
    edits: [
      edit(
        'packages/service/src/inbox.ts',
        '    const outcome = await options.reactor(',
        '    delivery.ack()\n    const outcome = await options.reactor(',
      ),
    ],
    check: { project: 'int', file: 'packages/service/test/letters/outage', test: 'loses nothing' },
  },
  {
    name: 'swallow what cannot be decoded',
    edits: [
      edit(
        'packages/service/src/inbox.ts',
        "if (error instanceof Undecodable && error.reason === 'unknown_type') return null",
        'if (error instanceof Undecodable) return null',
      ),
    ],
    check: { project: 'int', file: 'packages/service/test/letters/dead-letters', test: 'parks what can not be read' },
  },
  {
    name: 'count an outage of Postgres as an attempt',
    edits: [
      edit(
        'packages/service/src/inbox.ts',
        'options.reactor({ decoded, patient: true })',
        'options.reactor({ decoded, patient: false })',
      ),
      edit(
        'packages/service/src/inbox.ts',
        'if (outcome.error instanceof Unavailable) return',
        'if (outcome.error instanceof Unavailable && false) return',
      ),
    ],
    check: { project: 'int', file: 'packages/service/test/letters/outage', test: 'counts no attempt' },
  },
  {
    name: 'forget the inbox id of a message that is among the dead letters',
    edits: [
      edit(
        'packages/outbox/src/retention.ts',
        "\n         and not exists (select from dead_letter where status = 'parked' and message_id = inbox.id::text)",
        '',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/retention', test: 'never forgets' },
  },
  {
    name: 'enter the inbox outside of the transaction',
    edits: [edit('packages/service/src/batch.ts', 'sortOut(sql, items),', 'sortOut(options.database, items),')],
    check: { project: 'int', file: 'packages/service/test/batches', test: 'transactions' },
  },
  {
    name: 'take other content under a known id for a repetition',
    edits: [
      edit('packages/service/src/batch.ts', 'known.get(message.id) === hash ?', 'known.get(message.id) || hash ?'),
    ],
    check: { project: 'int', file: 'packages/service/test/batches', test: 'refuses another content' },
  },
  {
    name: 'store a second letter for a message that comes again',
    edits: [
      edit(
        'packages/outbox/migrations/0004_one_letter_a_message.sql',
        'create unique index dead_letter_message',
        'create index dead_letter_message',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/dead-letter-store', test: 'parks a message once' },
  },
  {
    name: 'mark a message as sent before the confirm',
    edits: [
      edit(
        'packages/outbox/src/relay.ts',
        'await publisher.publish(row.to, toWire(row, service, contentType), row.deaths)\n      this.#confirmed.push(row.seq)',
        'this.#confirmed.push(row.seq)\n      await publisher.publish(row.to, toWire(row, service, contentType), row.deaths)',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/relay', test: 'deletes once confirmed and not before' },
  },
  {
    name: 'skip rows at the sweep whose number is below the last one',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        'select seq from outbox where leased_until <= clock_timestamp() order by seq',
        'select seq from outbox where leased_until <= clock_timestamp() and seq > coalesce((select max(seq) from outbox where leased_until > clock_timestamp()), 0) order by seq',
      ),
    ],
    check: { project: 'int', file: 'packages/outbox/test/relay', test: 'does not care about gaps' },
  },
  {
    name: 'lose the trace context in the outbox',
    edits: [
      edit(
        'packages/outbox/src/outbox.ts',
        'messages.map(({ traceparent }) => traceparent ?? null),',
        'messages.map(() => null),',
      ),
      edit(
        'packages/service/src/batch.ts',
        'body: Buffer.from(encode(message, publishVersions))',
        'body: Buffer.from(encode({ ...message, traceparent: undefined }, publishVersions))',
      ),
    ],
    check: { project: 'int', file: 'local/test/tracing' },
  },
]
