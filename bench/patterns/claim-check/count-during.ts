/** Counts the photos that become ready while orders are measured. */
import type { LoadProcess } from '../../src/load/load-process.ts'

interface Counted {
  readonly before: number
  readonly after: number
  readonly seconds: number
}

/**
 * The load, which also counts when its window begins and ends. Photos are processed faster while a load is prepared, which takes
 * seconds.
 */
export const countingDuring = (
  load: LoadProcess,
  count: () => Promise<number>,
  nowMs = () => performance.now(),
): { readonly load: LoadProcess; counted(): Counted } => {
  let counted: Counted = { before: 0, after: 0, seconds: 0 }
  const run: LoadProcess['run'] = (spec, beginWindow) =>
    load.run(spec, async () => {
      const before = await count()
      const begunMs = nowMs()
      const window = await beginWindow()
      return {
        end: async () => {
          const [readings, after] = await Promise.all([window.end(), count()])
          counted = { before, after, seconds: (nowMs() - begunMs) / 1_000 }
          return readings
        },
      }
    })
  return { load: { ...load, run }, counted: () => counted }
}
