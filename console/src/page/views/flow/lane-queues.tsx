/** The queues of a service on the map, and its outbox. */
import { durationOf } from '../../format.ts'
import { QueueCard, UnknownQueue } from './queue-card.tsx'
import { shownBounded, shownCount, titleOf } from './queue-name.ts'
import type { ServiceQueues } from './use-queues.ts'

/** An outbox whose oldest message is older does not keep up, ms. */
const slowOutboxMs = 2_000

export const LaneQueues = ({ model, report, error }: ServiceQueues) => {
  if (!report)
    return (
      <>
        {['', ...(model.work?.queues ?? [])].map((queue) => (
          <UnknownQueue key={queue} title={titleOf(model, queue)} />
        ))}
        {error && <p class="alarming">does not answer</p>}
      </>
    )
  const { queues, otherDeadLetters, outbox, brokerFault } = report
  const isSlow = outbox.oldestAgeMs > slowOutboxMs
  return (
    <>
      {queues.map((queue) => (
        <QueueCard key={queue.name} model={model} queue={queue} />
      ))}
      {otherDeadLetters > 0 && (
        <p class="alarming" title="Messages that could not be sent, or of a queue that was retired">
          <a href="/dead-letters">{shownBounded(otherDeadLetters)} other dead letters</a>
        </p>
      )}
      <p class={isSlow ? 'outbox slow' : 'outbox'}>
        Outbox {shownCount(outbox.rows)}
        {isSlow && `, ${durationOf(outbox.oldestAgeMs)}`}
      </p>
      {brokerFault !== null && (
        <p class="alarming" title={brokerFault}>
          no connection to the broker
        </p>
      )}
    </>
  )
}
