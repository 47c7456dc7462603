/** How long a value counts as the present one, ms. Longer than a slow query takes. */
const recentMs = 60_000

/** A value that is measured repeatedly, by the interval of its owner. */
export class Measurement<T> {
  readonly #measure: () => Promise<T>
  #last: T
  #atMs = Number.NEGATIVE_INFINITY

  /** `initial` is the last value before the first measurement. */
  constructor(initial: T, measure: () => Promise<T>) {
    this.#last = initial
    this.#measure = measure
  }

  /** If it fails, the last value stays. */
  async run(): Promise<void> {
    this.#last = await this.#measure()
    this.#atMs = performance.now()
  }

  /** The last value, however old. */
  get last(): T {
    return this.#last
  }

  /** The last value if it was measured within a minute. Otherwise undefined, so that the past is not shown as the present. */
  get recent(): T | undefined {
    return performance.now() - this.#atMs < recentMs ? this.#last : undefined
  }
}
