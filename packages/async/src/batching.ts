interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Natural batching: the items that arrive while a batch runs form the next one, and share its statements and its commit.
 * There are no timers, so a single item on an idle system is processed at once. `run` returns a result for each item,
 * in the same order. If it rejects, all callers of that batch are rejected. A batch has at most `maxSize` items, by default 256,
 * and one batch runs at a time.
 */
export const batching = <Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maxSize = 256 }: { readonly maxSize?: number } = {},
): ((item: Item) => Promise<Result>) => {
  const waiting: Waiting<Item, Result>[] = []
  let running = false

  const runBatch = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item))
      if (results.length !== batch.length)
        throw new Error(`A batch of ${batch.length} items returned ${results.length} results.`)
      for (const [index, result] of results.entries()) batch[index]?.resolve(result)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  const drain = async (): Promise<void> => {
    running = true
    await Promise.resolve() // all items of this turn of the event loop belong to the first batch
    while (waiting.length > 0) await runBatch(waiting.splice(0, maxSize))
    running = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void drain()
    })
}
