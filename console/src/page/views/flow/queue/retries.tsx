/** The messages of a queue that wait for their next attempt. */
import type { FailedAttempt, FailedAttemptPage, QueueState } from '../../../api/types.ts'
import { nowMs } from '../../../clock.ts'
import { durationOf } from '../../../format.ts'
import { Failure } from '../../../parts/failure.tsx'
import { OrderLink } from '../../../parts/order-link.tsx'
import { type Column, Table } from '../../../parts/table.tsx'
import { useResource } from '../../../use-resource.ts'
import { shownBounded } from '../queue-name.ts'

const pollMs = 2_000
const maxShown = 20

interface RetriesProps {
  readonly service: string
  readonly queue: QueueState
}

export const Retries = ({ service, queue: { name, retrying } }: RetriesProps) => {
  const { body, error, reload } = useResource<FailedAttemptPage>(
    `/${service}/retries?queue=${encodeURIComponent(name)}&limit=${maxShown}`,
    { everyMs: pollMs },
  )
  const items = body?.items ?? []
  return (
    <section>
      <h2>Waiting for a retry</h2>
      {error && <Failure what="The messages" error={error} retry={reload} />}
      {body && items.length === 0 && <p class="faint">No message waits for a retry.</p>}
      {items.length > 0 && (
        <Table
          caption="The messages, the next one first"
          columns={columns}
          rows={items}
          keyOf={({ orderId, number }) => `${orderId} ${number}`}
        />
      )}
      {retrying > maxShown && items.length > 0 && (
        <p class="faint">
          The next {items.length} of {shownBounded(retrying)} are shown.
        </p>
      )}
    </section>
  )
}

const columns: readonly Column<FailedAttempt>[] = [
  { name: 'Message', cell: ({ type }) => type, isHeading: true },
  { name: 'Order', cell: ({ orderId }) => <OrderLink id={orderId} /> },
  { name: 'Attempts', cell: ({ attempt }) => attempt, class: 'number' },
  { name: 'Next in', cell: ({ nextAt }) => <NextAttempt at={nextAt} />, class: 'number' },
  { name: 'Last error', cell: ({ error }) => error, class: 'wide clipped', title: ({ error }) => error },
]

const NextAttempt = ({ at }: { readonly at: string | null }) => (
  <>{at === null ? '–' : durationOf(Math.max(0, Date.parse(at) - nowMs.value))}</>
)
