import { Alarm } from '@quadrille/async'
import { Client } from 'pg'
import { look } from './look.ts'
import type { MakeRelay, RelaySurroundings } from './port.ts'
import { storeOnly } from './rows.ts'
import { createTrigger, setAsleep } from './trigger-objects.ts'

/** The pause between looks while rows arrive, ms. */
const busyPauseMs = 10
/** The relay stays awake for this time after the last row, ms. Longer than most transactions. */
const lingerMs = 100
/**
 * The pause while it sleeps, unless a notification ends it, ms. It is also the longest delay of a row whose transaction began
 * while the relay was awake and ended after its last look, and of one whose notification was lost with the connection.
 */
const sleepMs = 1_000

/**
 * Change data capture by trigger. A notification only ends the sleep of the relay, which then reads the table. While it is awake,
 * it looks by itself, and the trigger sends none.
 */
export const trigger: MakeRelay = (surroundings) => {
  const stopping = new AbortController()
  const reader = new Reader(surroundings, stopping.signal)
  let running = Promise.resolve()
  return {
    start: async () => {
      await createTrigger(surroundings.database)
      running = reader.run()
    },
    prepare: storeOnly,
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

class Reader {
  readonly #surroundings: RelaySurroundings
  readonly #signal: AbortSignal
  readonly #woken = new Alarm()
  #listener: Client | null = null
  #awake = false
  #foundAt = Number.NEGATIVE_INFINITY

  constructor(surroundings: RelaySurroundings, signal: AbortSignal) {
    this.#surroundings = surroundings
    this.#signal = signal
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#turn()
      } catch (error) {
        this.#surroundings.onError(error)
        await this.#woken.pause(sleepMs, this.#signal)
      }
    }
    await this.#listener?.end()
  }

  async #turn(): Promise<void> {
    this.#listener ??= await this.#listen()
    const looked = await look(this.#surroundings)
    if (looked === 'some' || looked === 'full') this.#foundAt = performance.now()
    const staysAwake = performance.now() - this.#foundAt < lingerMs
    if (staysAwake !== this.#awake) {
      await this.#surroundings.database.query('update outbox_reader set awake = $1', [staysAwake])
      this.#awake = staysAwake
      return // it looks again, because a row may have come before this change
    }
    if (looked !== 'full') await this.#woken.pause(staysAwake ? busyPauseMs : sleepMs, this.#signal)
  }

  async #listen(): Promise<Client> {
    const client = new Client({ connectionString: this.#surroundings.url, application_name: 'listener' })
    client.on('notification', () => this.#woken.ring())
    client.on('error', (error) => {
      this.#surroundings.onError(error)
      this.#listener = null
    })
    await client.connect()
    await client.query('listen outbox')
    await setAsleep(this.#surroundings.database)
    this.#awake = false
    return client
  }
}
