/**
 * Entries of a queue that wait in the retry store: those that did not fit into the buffer, and failed ones that are not
 * due.
 */
import type { Entry } from './entry.ts'
import { Poller, type PollerOptions } from './poller.ts'
import type { QueueStorage } from './queue-storage.ts'

export interface BacklogOptions extends Pick<PollerOptions, 'room' | 'everyMs' | 'blockedMs' | 'backoff' | 'onError'> {
  readonly queue: string
  /** How long a taken delivery belongs to this process, ms. */
  readonly leaseMs: number
  /** Called with due entries, and whether these are all due entries. */
  readonly due: (entries: readonly Entry[], all: boolean) => void
  /** Called when a poll begins. `complete` is false while an entry is being stored, which the poll may miss. */
  readonly pollBegins: (complete: boolean) => void
}

/** The limit of a count of due entries, because counting takes time. */
const countUpTo = 100_000

export class Backlog {
  readonly #options: BacklogOptions
  /** Keys of entries in memory. A poll finds them again after their lease has expired. */
  readonly #held = new Set<string>()
  #storages: readonly QueueStorage[] = []
  #poller: Poller | null = null
  #overflowed = false
  #crashesCounted = false
  /** The number of entries that are being stored. */
  #storing = 0
  /** The number of entries that were put so far, and at the begin of the last poll. */
  #puts = 0
  #putsBeforePoll = 0

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  addStorage(storage: QueueStorage): void {
    this.#storages = [...this.#storages, storage]
  }

  removeStorage(storage: QueueStorage): void {
    this.#storages = this.#storages.filter((other) => other !== storage)
  }

  /**
   * Called when an instance has left. The last one releases the taken entries, unless no poll has counted the crashes of an earlier
   * process, whose entries are taken too.
   */
  async release(storage: QueueStorage): Promise<void> {
    if (this.#storages.length === 0 && this.#crashesCounted) await storage.release()
  }

  /** Stores an entry that does not fit into memory, and then confirms it. An entry from the store is there already. */
  put({ origin, ...entry }: Entry): void {
    if (origin.kind === 'stored') return void this.#held.delete(origin.key)
    const { publication } = origin
    const gone = () => publication.failed(`${this.#options.queue} no longer has a consumer`)
    const [storage] = this.#storages
    this.#overflowed = true
    this.#puts += 1
    if (!storage) return void gone()
    this.#storing += 1
    const stored = storage.add({ ...entry, delayMs: 0, error: null }).then(() => {
      publication.settled()
      this.dueIn(this.#options.blockedMs)
    }, gone)
    void stored.finally(() => {
      this.#storing -= 1
    })
  }

  /** Removes a finished entry that came from the store. If that fails, its lease expires and it is delivered again. */
  remove(key: string): void {
    const released = () => void this.#held.delete(key)
    const [storage] = this.#storages
    if (storage) storage.remove(key).then(released, released)
    else released()
  }

  /** The entry was stored again, which has replaced it in the store. */
  replaced(key: string): void {
    this.#held.delete(key)
  }

  /** An entry was stored that is due after this time, ms. */
  dueIn(ms: number): void {
    this.#poller?.dueIn(ms)
  }

  /** Starts polling for due entries. */
  start(): void {
    this.#poller ??= new Poller({
      ...this.#options,
      take: (limit) => this.#take(limit),
      taken: this.#taken,
      nextDueMs: async () => (await this.#storages[0]?.retries.nextDueMs(this.#options.queue)) ?? null,
    })
  }

  async stop(): Promise<void> {
    const poller = this.#poller
    this.#poller = null
    await poller?.stop()
  }

  /** The number of due entries that wait for room. If none is known, the store is not queried. */
  async waiting(): Promise<number> {
    const [storage] = this.#storages
    return storage && this.#overflowed ? storage.retries.countDue(this.#options.queue, countUpTo) : 0
  }

  /** Whether entries may wait for room. */
  mayHaveMore(): boolean {
    return this.#overflowed
  }

  /** Polls at once if entries may wait for room. */
  roomAvailable(): void {
    if (this.#overflowed) this.#poller?.wake()
  }

  async #take(limit: number) {
    const { queue, leaseMs, pollBegins } = this.#options
    const [storage] = this.#storages
    if (!storage) return []
    if (!this.#crashesCounted) await storage.retries.countCrashes(queue)
    this.#crashesCounted = true
    pollBegins(this.#storing === 0)
    this.#putsBeforePoll = this.#puts
    return storage.retries.take(queue, limit, leaseMs)
  }

  readonly #taken: PollerOptions['taken'] = (deliveries, all) => {
    const fresh = deliveries.filter(({ key }) => !this.#held.has(key))
    for (const { key } of fresh) this.#held.add(key)
    this.#overflowed = !all || this.#puts > this.#putsBeforePoll // a poll may miss an entry that was put after its begin
    const entries = fresh.map(({ key, ...queued }): Entry => ({ ...queued, origin: { kind: 'stored', key } }))
    this.#options.due(entries, all)
  }
}
