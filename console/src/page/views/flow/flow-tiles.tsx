/** The figures of all services together. */
import { nowMs } from '../../clock.ts'
import { rateOf } from '../../format.ts'
import { connection, eventRates } from '../../live.ts'
import { Sparkline } from '../../parts/sparkline.tsx'
import { Tile } from '../../parts/tile.tsx'
import { type Summand, shownSum } from './sums.ts'
import { queueHistory, type ServiceQueues } from './use-queues.ts'

export const FlowTiles = ({ services }: { readonly services: readonly ServiceQueues[] }) => (
  <>
    <section class="summary four" aria-label="All services">
      <EventTile />
      <SumTile name="Waiting" figure="waiting" line="faint" services={services} />
      <SumTile name="Retrying" figure="retrying" line="cancelled" services={services} />
      <SumTile name="Dead letters" figure="deadLetters" line="alarming" services={services} />
    </section>
    <p class="faint">The lines show the last 5 minutes, as far as this page was open.</p>
  </>
)

const EventTile = () => {
  if (connection.value.state !== 'live') return <Tile name="Events" value="–" />
  return (
    <Tile name="Events" value={rateOf(eventRates.perSecond(nowMs.value))}>
      <Sparkline class="accent" values={eventRates.series(nowMs.value)} />
    </Tile>
  )
}

interface SumTileProps {
  readonly name: string
  readonly figure: Summand
  /** The class of its line. */
  readonly line: string
  readonly services: readonly ServiceQueues[]
}

const SumTile = ({ name, figure, line, services }: SumTileProps) => {
  const reports = services.map(({ report }) => report)
  return (
    <Tile name={name} value={shownSum(reports, figure)}>
      <Sparkline class={line} values={queueHistory.sum(figure, nowMs.value)} />
    </Tile>
  )
}
