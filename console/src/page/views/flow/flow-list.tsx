/** The map on a narrow screen: a panel for each service. */
import { Panel } from '../../parts/panel.tsx'
import { EventRate } from './event-rate.tsx'
import type { FlowEvent, FlowMap } from './flow-map.ts'
import { LaneQueues } from './lane-queues.tsx'
import type { ServiceQueues } from './use-queues.ts'

interface FlowListProps {
  readonly map: FlowMap
  readonly services: readonly ServiceQueues[]
}

export const FlowList = ({ map, services }: FlowListProps) => (
  <div class="flow-list">
    {services.map((service) => (
      <Panel key={service.model.name} title={service.model.name}>
        <LaneQueues {...service} />
        <Published events={map.events.filter(({ publisher }) => publisher === service.model.name)} />
      </Panel>
    ))}
  </div>
)

const Published = ({ events }: { readonly events: readonly FlowEvent[] }) => (
  <ul class="published">
    {events.map(({ type, subscribers }) => (
      <li key={type}>
        <span class="type">{type}</span>
        <EventRate type={type} />
        <span class="faint">→ {subscribers.join(', ')}</span>
      </li>
    ))}
  </ul>
)
