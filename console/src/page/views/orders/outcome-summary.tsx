/** How orders ended in the last minutes, and how long that took. */
import type { Outcomes } from '../../../server/live/outcomes.ts'
import { durationOf, wordsOf } from '../../format.ts'
import { connection, outcomes } from '../../live.ts'
import { largest, Sparkline } from '../../parts/sparkline.tsx'
import { Tile } from '../../parts/tile.tsx'
import { lastMinute, newestOf } from './last-minute.ts'

export const OutcomeSummary = () => {
  const known = connection.value.state === 'live' ? outcomes.value : null // otherwise the console misses events
  const { intervals = [] } = known ?? {}
  const counted = (values: readonly number[]) => (known ? sum(lastMinute(values)).toLocaleString() : '–')
  const fulfilled = intervals.map((interval) => interval.fulfilled)
  const cancelled = intervals.map((interval) => sum(Object.values(interval.cancelled)))
  const top = largest([...fulfilled, ...cancelled])
  const p50 = intervals.map(({ p50Ms }) => p50Ms)
  const p95 = intervals.map(({ p95Ms }) => p95Ms)
  return (
    <section class="summary" aria-label="The last minutes">
      <Tile name="Seen fulfilled, 1 min" value={counted(fulfilled)}>
        <Sparkline class="fulfilled" values={fulfilled} max={top} />
      </Tile>
      <Tile name="Seen cancelled, 1 min" value={counted(cancelled)} note={reasonsOf(lastMinute(intervals))}>
        <Sparkline class="cancelled" values={cancelled} max={top} />
      </Tile>
      <Tile name="Time to the end, median" value={shownMs(p50)} note={`95 % within ${shownMs(p95)}`}>
        <Sparkline class="faint" values={p95} max={largest(p95)} />
        <Sparkline class="accent" values={p50} max={largest(p95)} />
      </Tile>
    </section>
  )
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const shownMs = (values: readonly (number | null)[]): string => {
  const newest = newestOf(values)
  return newest === null ? '–' : durationOf(newest)
}

/** The reasons, the most frequent first. */
const reasonsOf = (intervals: Outcomes['intervals']): string => {
  const counts = new Map<string, number>()
  for (const { cancelled } of intervals)
    for (const [reason, count] of Object.entries(cancelled)) counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count} ${wordsOf(reason)}`)
    .join(', ')
}
