/** The messages of a queue by type: events of other services, or tasks of its own service. */
import type { QueueState } from '../../../api/types.ts'
import { Breakable } from '../../../parts/breakable.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { EventRate } from '../event-rate.tsx'
import { eventsLeadingTo, type FlowService } from '../flow-map.ts'
import { models } from '../use-queues.ts'

interface ArrivalsProps {
  readonly model: FlowService
  readonly queue: QueueState
}

export const Arrivals = ({ model, queue }: ArrivalsProps) => (
  <section>
    <h2>What arrives</h2>
    {model.work?.queues.includes(queue.name) ? <Tasks model={model} /> : <Events model={model} queue={queue} />}
  </section>
)

const eventColumns: readonly Column<string>[] = [
  { name: 'Event', cell: (type) => type, isHeading: true },
  { name: 'From', cell: (type) => models.find(({ publishes }) => publishes.includes(type))?.name },
  { name: 'Rate', cell: (type) => <EventRate type={type} />, class: 'number' },
]

const Events = ({ model: { consumes }, queue: { exchanges } }: ArrivalsProps) => (
  <>
    <p class="faint">It is bound to {exchanges.join(', ')}.</p>
    <Table
      caption="The events that the service consumes"
      columns={eventColumns}
      rows={consumes}
      keyOf={(type) => type}
    />
  </>
)

interface Task {
  readonly type: string
  readonly causes: readonly string[]
  readonly outcomes: readonly string[]
}

const taskColumns: readonly Column<Task>[] = [
  { name: 'Task', cell: ({ type }) => <Breakable name={type} />, isHeading: true },
  { name: 'Requested after', cell: ({ causes }) => <Breakable name={causes.join(', ')} /> },
  { name: 'Leads to', cell: ({ outcomes }) => <Breakable name={outcomes.join(', ')} /> },
]

const Tasks = ({ model }: Pick<ArrivalsProps, 'model'>) => {
  const tasks = Object.entries(model.work?.tasks ?? {})
  const rows = tasks.map(([type, outcomes]) => ({ type, causes: eventsLeadingTo(model, type), outcomes }))
  return <Table caption="The tasks of the service" columns={taskColumns} rows={rows} keyOf={({ type }) => type} />
}
