import { Alarm, pause } from '@quadrille/async'
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { ConfirmWindow, type LoggedTransaction } from './confirm-window.ts'
import { look } from './look.ts'
import { type MakeRelay, maxInFlight, type RelaySurroundings } from './port.ts'
import { deleteRows, publish, type StoredMessage, storeOnly } from './rows.ts'
import { beforeConfirmed, ensureSlot, publicationName, recordTableRead, slotName } from './slot.ts'

/** The interval of the confirmed position, ms. Rows are deleted in bulk, as the product's relay does. */
const confirmEveryMs = 250
/**
 * The interval of a message of our own in the log, ms. While others write and the outbox is empty, it moves the position on, so that
 * the server need not keep their log.
 */
const heartbeatEveryMs = 10_000
const retryMs = 500

/** Change data capture by log: reads the inserts of the outbox from a logical replication slot, by pgoutput. */
export const log: MakeRelay = (surroundings) => {
  const { database, onError } = surroundings
  const stopping = new AbortController()
  const { signal } = stopping

  const readTable = async () => {
    for (;;) {
      const looked = await look(surroundings)
      if (looked === 'empty') return recordTableRead(database)
      if (looked === 'failed') await pause(retryMs, signal)
      if (signal.aborted) throw new Error('The relay was stopped before it had read the table.')
    }
  }
  const run = async () => {
    while (!signal.aborted) {
      try {
        if (await ensureSlot(database)) await readTable()
        await new LogSession(surroundings, signal).run()
      } catch (error) {
        if (!signal.aborted) onError(error)
        await pause(retryMs, signal)
      }
    }
  }
  let running = Promise.resolve()
  return {
    start: async () => {
      await ensureSlot(database)
      running = run()
    },
    prepare: storeOnly,
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

/** One connection to the slot. The next one begins at the confirmed position, so messages in flight are sent twice. */
class LogSession {
  readonly #surroundings: RelaySurroundings
  /** Aborted when the relay stops or the connection fails. */
  readonly #end = new AbortController()
  readonly #window = new ConfirmWindow()
  readonly #room = new Alarm()
  readonly #service: LogicalReplicationService
  #transaction: LoggedTransaction | null = null
  #confirmed = ''

  constructor(surroundings: RelaySurroundings, signal: AbortSignal) {
    this.#surroundings = surroundings
    signal.addEventListener('abort', () => this.#end.abort(), { signal: this.#end.signal })
    if (signal.aborted) this.#end.abort()
    this.#service = new LogicalReplicationService(
      { connectionString: surroundings.url, application_name: 'log reader' },
      {
        // Otherwise the client confirms each message as soon as it has emitted it, and a timer the last one that it has received.
        acknowledge: { auto: false, timeoutSeconds: 0 },
        flowControl: { enabled: true },
      },
    )
  }

  /** Resolves when the relay stops. @throws if the connection fails. */
  async run(): Promise<void> {
    this.#confirmed = await beforeConfirmed(this.#surroundings.database)
    const [started, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()]
    this.#service.on('start', started.resolve)
    this.#service.on('error', failed.reject)
    // biome-ignore lint/nursery/noMisusedPromises: with flow control, the client awaits it before it emits the next message.
    this.#service.on('data', (_, message: Pgoutput.Message) => this.#handle(message))
    // Only on request, because Postgres answers each report of an old position with a keepalive. And not with the position of the
    // keepalive: messages before it may still wait in the queue of the client.
    this.#service.on('heartbeat', (_, __, isRequest) => {
      if (isRequest) void this.#service.acknowledge(this.#confirmed)
    })
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publicationName], messages: true })
    // The position 0/0 is the one that the server has stored. By default the client begins after the last message that it has got.
    this.#service.subscribe(plugin, slotName, '0/0').catch(failed.reject)
    try {
      await Promise.race([failed.promise, started.promise])
      await Promise.race([failed.promise, Promise.all([this.#confirmLoop(), this.#heartbeatLoop()])])
    } finally {
      this.#end.abort()
      await this.#service.destroy()
    }
  }

  async #handle(message: Pgoutput.Message): Promise<void> {
    if (message.tag === 'begin') this.#transaction = this.#window.begin()
    const transaction = this.#transaction
    if (transaction === null) return
    if (message.tag === 'insert') await this.#send(transaction, message.new as StoredMessage)
    // Not `commitEndLsn`: the client confirms the byte after the given one, and the next commit record may begin there. Postgres
    // would take it as confirmed too.
    if (message.tag === 'commit') transaction.commitLsn = message.commitLsn
  }

  async #send(transaction: LoggedTransaction, row: StoredMessage): Promise<void> {
    const { signal } = this.#end
    while (this.#window.inFlight >= maxInFlight && !signal.aborted) await this.#room.pause(1_000, signal)
    this.#window.send(transaction, Number(row.seq)) // the client returns a bigint as a text
    void this.#publishUntilConfirmed(row).then(() => {
      if (signal.aborted) return
      this.#window.confirm(transaction)
      this.#room.ring()
    })
  }

  async #publishUntilConfirmed(row: StoredMessage): Promise<void> {
    const { publisher, onError } = this.#surroundings
    const { signal } = this.#end
    while (!signal.aborted) {
      try {
        if (publisher.waitingFor() === null) return await publish(publisher, row)
      } catch (error) {
        onError(error)
      }
      await pause(retryMs, signal)
    }
  }

  /** Deletes rows before it confirms their position, because a later session does not see them again. */
  async #confirmLoop(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await pause(confirmEveryMs, signal)
      const finished = this.#window.takeFinished()
      if (finished === null) continue
      await deleteRows(this.#surroundings.database, finished.seqs)
      this.#confirmed = finished.lsn
      await this.#service.acknowledge(finished.lsn)
    }
  }

  async #heartbeatLoop(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await pause(heartbeatEveryMs, signal)
      if (!signal.aborted) await this.#surroundings.database.query(`select pg_logical_emit_message(true, 'relay', '')`)
    }
  }
}
