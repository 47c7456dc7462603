/** Places for running jobs. */
export interface Places {
  /** Runs the work when there is a place. Work that waits starts in the order of the calls. */
  hold<Result>(work: () => Promise<Result>): Promise<Result>
}

/** At most `max` pieces of work run at a time. */
export const createPlaces = (max: number): Places => {
  let taken = 0
  const waiting: (() => void)[] = []
  const take = async (): Promise<void> => {
    if (taken === max) return new Promise((resolve) => waiting.push(resolve))
    taken += 1
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }
  return {
    hold: async (work) => {
      await take()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
