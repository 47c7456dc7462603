/** The dead letters of all services, grouped by what failed. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import type { DeadLetterGroup, DeadLetterGroupPage } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Breakable } from '../../parts/breakable.tsx'
import { Failure } from '../../parts/failure.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useResource } from '../../use-resource.ts'
import { addressOf } from './group-filter.ts'

/** A dead letter is not an event of an order, so the groups are read at this interval, ms. */
const pollMs = 3_000

interface ServiceGroup extends DeadLetterGroup {
  readonly service: ServiceName
}

export const GroupsView = () => {
  useTitle('Dead letters')
  const services = serviceNames.map((service) => ({
    service,
    ...useResource<DeadLetterGroupPage>(`/${service}/dead-letters/groups`, {
      isConcerned: () => false,
      everyMs: pollMs,
    }),
  }))
  const groups = services
    .flatMap(({ service, body }) => (body?.items ?? []).map((group): ServiceGroup => ({ service, ...group })))
    .toSorted((one, other) => other.count - one.count)
  const down = services.filter(({ error }) => error && error.status !== 404) // the shop may run without the service
  const isLoading = services.some(({ body, error }) => !body && !error)
  return (
    <>
      <h1>Dead letters</h1>
      {down.map(
        ({ service, error, reload }) =>
          error && <Failure key={service} what={`The dead letters of ${service}`} error={error} retry={reload} />,
      )}
      {isLoading && groups.length === 0 && <p class="loading">Loading…</p>}
      {groups.length > 0 && <GroupTable groups={groups} />}
      {!isLoading && groups.length === 0 && <NoDeadLetters isSure={down.length === 0} />}
    </>
  )
}

const GroupTable = ({ groups }: { readonly groups: readonly ServiceGroup[] }) => (
  <Table
    caption="Groups of dead letters with the same failure, the largest first"
    columns={columns}
    rows={groups}
    keyOf={(group) => addressOf(group.service, group)}
    isLinked
  />
)

const columns: readonly Column<ServiceGroup>[] = [
  {
    name: 'Message',
    cell: (group) => (
      <a href={addressOf(group.service, group)}>
        <Breakable name={group.type || 'unknown'} />
      </a>
    ),
    isHeading: true,
  },
  { name: 'Service', cell: ({ service }) => service },
  { name: 'Reason', cell: ({ reason }) => wordsOf(reason) },
  {
    name: 'Place in the code',
    cell: ({ place }) => place ?? <span class="faint">–</span>,
    class: 'wide clipped',
    title: ({ place }) => place ?? undefined,
  },
  { name: 'Count', cell: ({ count }) => count, class: 'number' },
  { name: 'Oldest', cell: ({ oldest }) => <Age time={oldest} />, class: 'number wide' },
  { name: 'Newest', cell: ({ newest }) => <Age time={newest} />, class: 'number wide' },
]

const NoDeadLetters = ({ isSure }: { readonly isSure: boolean }) => (
  <section class="notice">
    <h2>{isSure ? 'There are no dead letters' : 'The other services have no dead letters'}</h2>
    <p class="faint">A message that fails permanently is kept here until a person replays or discards it.</p>
  </section>
)
