/** While a failure goes on, it is logged this often, ms. */
const remindEveryMs = 60_000

/** Decides when a failure that goes on is logged again: whenever its text changes, and once a minute. */
export class Reminder {
  #text: string | undefined
  #atMs = Number.NEGATIVE_INFINITY

  /** Returns false if the same text was logged within the last minute. */
  isDue(text: string | undefined): boolean {
    return text !== this.#text || performance.now() - this.#atMs >= remindEveryMs
  }

  /** Call it when the text is logged. */
  logged(text: string | undefined): void {
    this.#text = text
    this.#atMs = performance.now()
  }
}
