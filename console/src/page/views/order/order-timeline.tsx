/** The history of an order as a timeline, with what its services hold and what is missing. */
import { choreography } from '@quadrille/events/choreography'
import { useState } from 'preact/hooks'
import type { Order } from '../../api/types.ts'
import { useFrozen } from '../../parts/asking.ts'
import { Failure } from '../../parts/failure.tsx'
import { lettersOf } from '../../shop/blocking-letters.ts'
import { eventsOf } from '../../shop/sentence.ts'
import { MissingAnswer } from '../stuck/missing-answer.tsx'
import { OrderTrace } from './order-trace.tsx'
import { type Drawing, draw } from './timeline/drawing.ts'
import type { TimelineNode } from './timeline/node.ts'
import { NodeDetails } from './timeline/node-details.tsx'
import { Timeline } from './timeline/timeline.tsx'
import { useFocusReturn } from './timeline/use-focus-return.ts'
import { maxEvents, useTimelineFacts } from './use-timeline-facts.ts'

interface OrderTimelineProps {
  readonly orderId: string
  /** Undefined until it was read. */
  readonly order: Order | undefined
  /** Called when the order was changed from here. */
  readonly onChange: () => void
}

export const OrderTimeline = ({ orderId, order, onChange }: OrderTimelineProps) => {
  const isOpen = order?.settled === false
  const [fromEnd, setFromEnd] = useState(false)
  const { facts, isCut, failure, reload } = useTimelineFacts(orderId, { isOpen, fromEnd })
  const [selected, select] = useState<string | null>(null)
  const asked = useFrozen(order && facts && { order, facts })
  const drawing = facts && draw(facts, choreography)
  const node = drawing?.rows.find((row) => row.node.key === selected)?.node
  const heading = useFocusReturn(node?.key)
  const toggle = ({ key }: TimelineNode) => select(key === selected ? null : key)
  return (
    <section class="history">
      <h2 ref={heading} tabIndex={-1}>
        History
      </h2>
      {failure && failure.error.status !== 404 && <Failure {...failure} retry={reload} />}
      {!facts && !failure && <p class="loading">Loading…</p>}
      {facts?.events.length === 0 && <p class="faint">The order service has deleted the history (HISTORY_TTL).</p>}
      {asked?.facts.missing.map((diagnosis) => (
        <MissingAnswer
          key={eventsOf(diagnosis)}
          order={asked.order}
          diagnosis={diagnosis}
          letters={asked.facts.services.flatMap((service) => lettersOf(service.service, service))}
          onChange={onChange}
        />
      ))}
      {drawing && isWorthDrawing(drawing) && <Timeline drawing={drawing} selected={selected} onSelect={toggle} />}
      {(isCut || fromEnd) && (
        <p class="faint">
          The {fromEnd ? 'last' : 'first'} {maxEvents} events are shown.{' '}
          <button type="button" onClick={() => setFromEnd(!fromEnd)}>
            Show the {fromEnd ? 'first' : 'last'} ones
          </button>
        </p>
      )}
      {node && facts && (
        <NodeDetails orderId={orderId} node={node} events={facts.events} onClose={() => select(null)} />
      )}
      {facts && facts.events.length > 0 && <OrderTrace orderId={orderId} events={facts.events} />}
    </section>
  )
}

/** An order whose history was deleted has no rows. A service that does not answer is named nevertheless. */
const isWorthDrawing = ({ rows, lanes }: Drawing): boolean =>
  rows.length > 0 || lanes.some(({ unknown }) => unknown !== null)
