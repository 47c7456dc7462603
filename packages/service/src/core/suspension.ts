/** Suspends attempts that usually succeed, and are the fastest then, after one of them has failed. */
export interface Suspension {
  /** While suspended, it is false, except for one attempt after the time, the probe. */
  isAllowed(): boolean
  /** An attempt has succeeded: others are allowed again. */
  succeeded(): void
  /** An attempt has failed: others are suspended. */
  failed(): void
}

export const createSuspension = (suspendedMs: number): Suspension => {
  let suspendedAt = Number.NEGATIVE_INFINITY
  const suspend = () => {
    suspendedAt = performance.now()
  }
  return {
    isAllowed: () => {
      if (suspendedAt === Number.NEGATIVE_INFINITY) return true
      if (performance.now() - suspendedAt <= suspendedMs) return false
      suspend() // until this probe has ended
      return true
    },
    succeeded: () => {
      suspendedAt = Number.NEGATIVE_INFINITY
    },
    failed: suspend,
  }
}
