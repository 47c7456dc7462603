/** A queue on the map: what waits in it, who consumes it, and what is wrong. It leads to its page. */
import type { QueueState } from '../../api/types.ts'
import { durationOf } from '../../format.ts'
import type { FlowService } from './flow-map.ts'
import { instancesOf, marksOf, shownCount, titleOf } from './queue-name.ts'

interface QueueCardProps {
  readonly model: FlowService
  readonly queue: QueueState
}

export const QueueCard = ({ model, queue }: QueueCardProps) => {
  const { name, waiting, lagMs } = queue
  const marks = marksOf(queue)
  const isAlarming = marks.some((mark) => mark.isAlarming)
  return (
    <a class={isAlarming ? 'queue failing' : 'queue'} href={`/flow/${model.name}/${name}`} title={name}>
      <span class="title">{titleOf(model, name)}</span>
      <span class="waiting">
        <strong>{shownCount(waiting)}</strong> waiting
      </span>
      <span class="fill" aria-hidden="true">
        <span style={{ width: `${fillOf(waiting ?? 0)}%` }} />
      </span>
      <span class="detail">
        {instancesOf(queue)}
        {lagMs !== null && <span title="The greatest age of the messages just handled">, lag {durationOf(lagMs)}</span>}
      </span>
      {marks.length > 0 && (
        <span class="marks">
          {marks.map((mark) => (
            <span key={mark.text} class={mark.isAlarming ? 'mark alarming' : 'mark'}>
              {mark.text}
            </span>
          ))}
        </span>
      )}
    </a>
  )
}

/** A queue whose service does not answer. */
export const UnknownQueue = ({ title }: { readonly title: string }) => (
  <div class="queue unknown">
    <span class="title">{title}</span>
    <span class="waiting">–</span>
  </div>
)

/** Logarithmic: 100,000 messages fill it. */
const fillOf = (waiting: number): number => Math.min(100, Math.log10(1 + waiting) * 20)
