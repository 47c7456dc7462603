/** One queue: its figures, what arrives in it, and what failed there. */
import type { QueueState } from '../../../api/types.ts'
import { nowMs } from '../../../clock.ts'
import { durationOf } from '../../../format.ts'
import { Failure } from '../../../parts/failure.tsx'
import { Sparkline } from '../../../parts/sparkline.tsx'
import { Tile } from '../../../parts/tile.tsx'
import { useTitle } from '../../../parts/use-title.ts'
import type { FlowService } from '../flow-map.ts'
import type { Figure } from '../queue-history.ts'
import { instancesOf, shownBounded, shownCount } from '../queue-name.ts'
import { models, queueHistory, useQueuesOf } from '../use-queues.ts'
import { Arrivals } from './arrivals.tsx'
import { QueueLetters } from './queue-letters.tsx'
import { Retries } from './retries.tsx'

interface QueueViewProps {
  readonly service: string
  /** The name of the queue, in lower case. */
  readonly name: string
}

export const QueueView = ({ service, name }: QueueViewProps) => {
  useTitle(name)
  const model = models.find((one) => one.name === service)
  return (
    <article class="flow">
      <p>
        <a href="/flow">All queues</a>
      </p>
      <h1>{name}</h1>
      {model ? <KnownService model={model} name={name} /> : <NoSuchQueue />}
    </article>
  )
}

const NoSuchQueue = () => <p class="loading">There is no such queue in this shop.</p>

const KnownService = ({ model, name }: { readonly model: FlowService; readonly name: string }) => {
  const { report, error, reload } = useQueuesOf(model)
  if (error?.status === 404) return <NoSuchQueue />
  if (error) return <Failure what={`The queues of ${model.name}`} error={error} retry={reload} />
  if (!report) return <p class="loading">Loading…</p>
  const queue = report.queues.find((one) => one.name.toLowerCase() === name)
  return queue ? <Queue model={model} queue={queue} /> : <NoSuchQueue />
}

const Queue = ({ model, queue }: { readonly model: FlowService; readonly queue: QueueState }) => (
  <>
    <p class="faint">
      {model.work?.queues.includes(queue.name) ? `Tasks of ${model.name}` : `Events for ${model.name}`}, consumed by{' '}
      {instancesOf(queue)}
    </p>
    {queue.circuitOpen && (
      <p class="missing failing">
        The external system of its tasks does not answer. They wait, and one is tried from time to time.
      </p>
    )}
    {queue.heldFor !== null && (
      <p class="missing failing">
        Its messages all fail alike ({queue.heldFor}). They are held, and one is tried from time to time.
      </p>
    )}
    <section class="summary four" aria-label="The last five minutes">
      <FigureTile name="Waiting" figure="waiting" line="accent" queue={queue} />
      <Tile name="Lag" value={queue.lagMs === null ? '–' : durationOf(queue.lagMs)}>
        <Sparkline class="faint" values={queueHistory.series(queue.name, 'lagMs', nowMs.value)} />
      </Tile>
      <FigureTile name="Retrying" figure="retrying" line="cancelled" queue={queue} />
      <FigureTile name="Dead letters" figure="deadLetters" line="alarming" queue={queue} />
    </section>
    <Arrivals model={model} queue={queue} />
    <Retries service={model.name} queue={queue} />
    <QueueLetters service={model.name} queue={queue} />
  </>
)

interface FigureTileProps {
  readonly name: string
  readonly figure: Exclude<Figure, 'lagMs'>
  /** The class of its line. */
  readonly line: string
  readonly queue: QueueState
}

const FigureTile = ({ name, figure, line, queue }: FigureTileProps) => (
  <Tile name={name} value={figure === 'waiting' ? shownCount(queue.waiting) : shownBounded(queue[figure])}>
    <Sparkline class={line} values={queueHistory.series(queue.name, figure, nowMs.value)} />
  </Tile>
)
