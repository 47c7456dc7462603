/** The dead letters of all services, grouped by their cause. */
import { reasonOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Breakable } from '../../parts/breakable.tsx'
import { Failure } from '../../parts/failure.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useShared } from '../../shared.ts'
import type { CauseGroup } from './merge-groups.ts'
import { maxGroups } from './use-dead-letter-groups.ts'

export const GroupsView = () => {
  const { groups, isCut, down, isLoading } = useShared().deadLetters
  useTitle('Dead letters')
  return (
    <>
      <h1>Dead letters</h1>
      {down.map(({ service, error, reload }) => (
        <Failure key={service} what={`The dead letters of ${service}`} error={error} retry={reload} />
      ))}
      {isLoading && groups.length === 0 && <p class="loading">Loading…</p>}
      {groups.length > 0 && (
        <Table
          caption="Groups of dead letters with the same cause, the largest first"
          columns={columns}
          rows={groups}
          keyOf={({ address }) => address}
          isLinked
        />
      )}
      {isCut && (
        <p class="faint">
          Each service lists its {maxGroups} largest groups. Further ones appear when these are settled.
        </p>
      )}
      {!isLoading && groups.length === 0 && <NoDeadLetters isSure={down.length === 0} />}
      {groups.length > 0 && (
        <p class="faint">
          <LogHint />
        </p>
      )}
    </>
  )
}

const columns: readonly Column<CauseGroup>[] = [
  {
    name: 'Messages',
    cell: ({ address, types }) => (
      <a href={address}>
        {types.map((type, index) => (
          <>
            {index > 0 && ', '}
            <Breakable name={type || 'unknown'} />
          </>
        ))}
      </a>
    ),
    isHeading: true,
  },
  { name: 'Service', cell: ({ service }) => service },
  {
    name: 'Error',
    cell: ({ reason, error }) => error || reasonOf(reason),
    class: 'clipped roomy',
    title: ({ error, place }) => (place === null ? error : `${error} (${place})`),
  },
  { name: 'Reason', cell: ({ reason }) => reasonOf(reason), class: 'wide' },
  { name: 'Count', cell: ({ count }) => count, class: 'number' },
  { name: 'Oldest', cell: ({ oldest }) => <Age time={oldest} />, class: 'number wide' },
  { name: 'Newest', cell: ({ newest }) => <Age time={newest} />, class: 'number wide' },
]

const NoDeadLetters = ({ isSure }: { readonly isSure: boolean }) => (
  <section class="notice">
    <h2>{isSure ? 'There are no dead letters' : 'The other services have no dead letters'}</h2>
    <p class="faint">A message that fails permanently is kept here until a person replays or discards it.</p>
    <p class="faint">
      <LogHint />
    </p>
  </section>
)

const LogHint = () => (
  <>
    What was replayed or discarded is in the <a href="/operations">log of operations</a>.
  </>
)
