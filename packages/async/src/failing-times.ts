/**
 * How long operations have failed: from the first to the last failure since the last success. The time after the last failure
 * does not count, because the next run may be working well, on a long backlog.
 */
export class FailingTimes {
  readonly #failures = new Map<string, { readonly firstMs: number; readonly lastMs: number }>()

  succeeded(operation: string): void {
    this.#failures.delete(operation)
  }

  failed(operation: string): void {
    const lastMs = performance.now()
    this.#failures.set(operation, { firstMs: this.#failures.get(operation)?.firstMs ?? lastMs, lastMs })
  }

  /** 0 without failures, and after the first one. */
  failingMs(operation: string): number {
    const { firstMs, lastMs } = this.#failures.get(operation) ?? { firstMs: 0, lastMs: 0 }
    return lastMs - firstMs
  }
}
