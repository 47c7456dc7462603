/** The dead letters of all services, grouped by what failed. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import type { DeadLetterGroup, DeadLetterGroupPage } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, timeOf, wordsOf } from '../../format.ts'
import { Failure } from '../../parts/failure.tsx'
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
  <div class="table-frame">
    <table class="orders groups">
      <caption class="visually-hidden">Groups of dead letters with the same failure, the largest first</caption>
      <thead>
        <tr>
          <th scope="col">Message</th>
          <th scope="col">Service</th>
          <th scope="col">Reason</th>
          <th scope="col" class="wide">
            Place in the code
          </th>
          <th scope="col" class="number">
            Count
          </th>
          <th scope="col" class="number wide">
            Oldest
          </th>
          <th scope="col" class="number wide">
            Newest
          </th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Row key={addressOf(group.service, group)} group={group} />
        ))}
      </tbody>
    </table>
  </div>
)

const Row = ({ group }: { readonly group: ServiceGroup }) => {
  const { service, reason, type, place, count, oldest, newest } = group
  return (
    <tr>
      <th scope="row">
        <a href={addressOf(service, group)}>{type || 'unknown'}</a>
      </th>
      <td>{service}</td>
      <td>{wordsOf(reason)}</td>
      <td class="wide clipped" title={place ?? undefined}>
        {place ?? <span class="faint">–</span>}
      </td>
      <td class="number">{count}</td>
      <td class="number wide">
        <Age time={oldest} />
      </td>
      <td class="number wide">
        <Age time={newest} />
      </td>
    </tr>
  )
}

const Age = ({ time }: { readonly time: string }) => (
  <time dateTime={time} title={timeOf(time)}>
    {ageOf(time, nowMs.value)}
  </time>
)

const NoDeadLetters = ({ isSure }: { readonly isSure: boolean }) => (
  <section class="notice">
    <h2>{isSure ? 'There are no dead letters' : 'The other services have no dead letters'}</h2>
    <p class="faint">A message that fails permanently is kept here until a person replays or discards it.</p>
  </section>
)
