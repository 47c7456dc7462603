/** What of a queue waits in the retry store: entries that found the buffer full, and failed ones until they are due. */
import { type Entry, storedEntry } from './entry.ts'
import { Poller, type PollerOptions } from './poller.ts'
import type { QueueStorage } from './queue-storage.ts'

export interface BacklogOptions extends Pick<PollerOptions, 'room' | 'everyMs' | 'backoff' | 'onError'> {
  readonly queue: string
  /** Due entries, and whether these are all that are due. */
  readonly due: (entries: readonly Entry[], all: boolean) => void
  /** Told whether all that waits is in the store: nothing is just being written to it. */
  readonly lookBegins: (seesAll: boolean) => void
}

export class Backlog {
  readonly #options: BacklogOptions
  /** Keys of entries in memory: a look after their lease has lapsed finds them again. */
  readonly #held = new Set<string>()
  #owners: readonly QueueStorage[] = []
  #poller: Poller | null = null
  #overflowed = false
  #deathsCounted = false
  /** Entries that are being stored. */
  #storing = 0

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  own(storage: QueueStorage): void {
    this.#owners = [...this.#owners, storage]
  }

  disown(storage: QueueStorage): void {
    this.#owners = this.#owners.filter((owner) => owner !== storage)
  }

  /** Stores an entry that has no place in memory, which confirms it. One that came from the store is there already. */
  put({ origin, ...entry }: Entry): void {
    if (origin.kind === 'stored') return void this.#held.delete(origin.key)
    const { publication } = origin
    const gone = () => publication.failed(`${this.#options.queue} has no consumer any more`)
    const [storage] = this.#owners
    this.#overflowed = true
    if (!storage) return void gone()
    this.#storing += 1
    const stored = storage.add({ ...entry, delayMs: 0, error: null }).then(() => publication.settled(), gone)
    void stored.finally(() => {
      this.#storing -= 1
    })
  }

  /** An entry that came from the store is done. Where it can't be removed, its lease lapses and it comes again. */
  remove(key: string): void {
    const released = () => void this.#held.delete(key)
    const [storage] = this.#owners
    if (storage) storage.remove(key).then(released, released)
    else released()
  }

  /** Begins to look for due entries. */
  start(): void {
    this.#poller ??= new Poller({ ...this.#options, take: (limit) => this.#take(limit), taken: this.#taken })
  }

  async stop(): Promise<void> {
    const poller = this.#poller
    this.#poller = null
    await poller?.stop()
  }

  /** How many wait for nothing but room. Most of the time none do, and nobody need be asked. */
  async waiting(): Promise<number> {
    const [storage] = this.#owners
    return storage && this.#overflowed ? storage.countDue() : 0
  }

  /** Looks at once if entries are known to wait for nothing but room. */
  roomAgain(): void {
    if (this.#overflowed) this.#poller?.wake()
  }

  async #take(limit: number) {
    const [storage] = this.#owners
    if (!storage) return []
    if (!this.#deathsCounted) await storage.countDeaths()
    this.#deathsCounted = true
    this.#options.lookBegins(this.#storing === 0)
    return storage.take(limit)
  }

  readonly #taken: PollerOptions['taken'] = (deliveries, all) => {
    const fresh = deliveries.filter(({ key }) => !this.#held.has(key))
    for (const { key } of fresh) this.#held.add(key)
    this.#overflowed = !all
    this.#options.due(fresh.map(storedEntry), all)
  }
}
