/** The operations of people, and the replays that services made by themselves, as one log of all services, the newest first. */
import { givenOf } from '../../location.ts'
import { Failure } from '../../parts/failure.tsx'
import { FilterChip } from '../../parts/filter-chip.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { OperationTable } from './operation-table.tsx'
import { useOperationLog } from './use-operation-log.ts'

export const OperationsView = () => {
  useTitle('Operations')
  const filter = givenOf(['operator', 'orderId']).toString()
  return (
    <>
      <h1>Operations</h1>
      <p class="faint">
        What was done by hand in all services, and what they replayed by themselves. Without a name, the caller’s
        address is shown.
      </p>
      <div class="toolbar">
        <FilterChip name="operator" label="Name" />
        <FilterChip name="orderId" label="Order" />
      </div>
      <Log key={filter} filter={filter} />
    </>
  )
}

const Log = ({ filter }: { readonly filter: string }) => {
  const { operations, behind, down, isLoading, isReading, readOlder, readNewest, failure } = useOperationLog(filter)
  return (
    <>
      {down.map(({ service, error, reload }) => (
        <Failure key={service} what={`The operations of ${service}`} error={error} retry={reload} />
      ))}
      {isLoading && operations.length === 0 && <p class="loading">Loading…</p>}
      {operations.length > 0 && <OperationTable operations={operations} />}
      {!isLoading && operations.length === 0 && <NoOperation isFiltered={filter !== ''} isSure={down.length === 0} />}
      {failure && (
        <p class="alarming" role="alert">
          Older operations can’t be shown. {failure}
        </p>
      )}
      <p class="pager">
        {readNewest && (
          <button type="button" onClick={readNewest}>
            Newest
          </button>
        )}
        {behind.length > 0 && (
          <button type="button" disabled={isReading} onClick={readOlder}>
            Show older ones
          </button>
        )}
      </p>
    </>
  )
}

const NoOperation = ({ isFiltered, isSure }: { readonly isFiltered: boolean; readonly isSure: boolean }) => (
  <section class="notice">
    <h2>{isFiltered ? 'No operation matches' : 'There are no operations'}</h2>
    <p class="faint">
      {!isSure && 'Services that do not answer may have some. '}A cancellation, a refund, and the replay of a dead
      letter are listed here with the name of the person, or the address of the caller.
    </p>
  </section>
)
