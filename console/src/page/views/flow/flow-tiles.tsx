/** The figures of all services together. */
import { nowMs } from '../../clock.ts'
import { rateOf } from '../../format.ts'
import { connection, eventRates } from '../../live.ts'
import { Sparkline } from '../../parts/sparkline.tsx'
import { Tile } from '../../parts/tile.tsx'
import { type Figure, sumOfSeries } from './queue-history.ts'
import { shownCount } from './queue-name.ts'
import { queueHistory, type ServiceQueues } from './use-queues.ts'

export const FlowTiles = ({ services }: { readonly services: readonly ServiceQueues[] }) => (
  <section class="summary four" aria-label="All services">
    <Tile name="Events" value={connection.value.state === 'live' ? rateOf(eventRates.perSecond(nowMs.value)) : '–'}>
      <Sparkline class="p50" values={eventRates.series(nowMs.value)} />
    </Tile>
    <SumTile name="Waiting" figure="waiting" line="p95" services={services} />
    <SumTile name="Retrying" figure="retrying" line="cancelled" services={services} />
    <SumTile name="Dead letters" figure="deadLetters" line="alarming" services={services} />
  </section>
)

interface SumTileProps {
  readonly name: string
  readonly figure: Exclude<Figure, 'lagMs'>
  /** The class of its line. */
  readonly line: string
  readonly services: readonly ServiceQueues[]
}

/** The sum of what is known. */
const SumTile = ({ name, figure, line, services }: SumTileProps) => {
  const queues = services.flatMap(({ report }) => report?.queues ?? [])
  const known = queues.flatMap(({ [figure]: count }) => count ?? [])
  const series = sumOfSeries(queues.map((queue) => queueHistory.series(queue.name, figure, nowMs.value)))
  return (
    <Tile name={name} value={shownCount(known.length > 0 ? known.reduce((sum, count) => sum + count, 0) : null)}>
      <Sparkline class={line} values={series} />
    </Tile>
  )
}
