import type { LoggedOperation } from '../../api/types.ts'
import { shortId, timeOf, wordsOf } from '../../format.ts'
import { withQuery } from '../../location.ts'
import { Age } from '../../parts/age.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useReadUntilFinal } from '../../read-until-final.ts'
import { shownOutcome } from '../../shop/operation-outcome.ts'
import { isFinal, type Outcome } from '../dead-letters/outcome.ts'
import { readOutcome } from '../dead-letters/read-outcome.ts'
import { ReplayOutcome } from '../dead-letters/replay-outcome.tsx'
import type { ServiceOperation } from './merge-logs.ts'

/** Operations of all services, the newest first. */
export const OperationTable = ({ operations }: { readonly operations: readonly ServiceOperation[] }) => {
  const replays = useReplayOutcomes(operations)
  return <Table caption="Operations, the newest first" columns={columnsOf(replays)} rows={operations} keyOf={keyOf} />
}

/** An operation has no id. Two that are equal in all of this differ in nothing that is shown but their notes. */
const keyOf = (operation: ServiceOperation): string => {
  const { service, at, operation: name, operator, outcome, orderId, deadLetterId, detail } = operation
  return [service, at, name, operator, outcome, orderId, deadLetterId, detail].join(' ')
}

/** @param replays their outcomes, by the ids of the dead letters */
const columnsOf = (replays: ReadonlyMap<string, Outcome>): readonly Column<ServiceOperation>[] => [
  {
    name: 'What',
    cell: ({ operation, messageType }) => (
      <>
        {wordsOf(operation)} {messageType && <span class="faint">of {messageType}</span>}
      </>
    ),
    isHeading: true,
  },
  {
    name: 'Who',
    cell: ({ operator }) => <a href={withQuery({ operator })}>{operator}</a>,
    class: 'clipped',
    title: ({ operator }) => operator,
  },
  {
    name: 'Outcome',
    cell: (logged) => (
      <>
        {logged.outcome === 'requested' ? (
          <ReplayOutcome service={logged.service} outcome={replays.get(logged.deadLetterId ?? '')} />
        ) : (
          <span title={meanings[shownOutcome(logged)]}>{shownOutcome(logged)}</span>
        )}
        <p class="note">{logged.note ?? logged.detail}</p>
      </>
    ),
  },
  {
    name: 'Order',
    cell: ({ orderId }) => (orderId === null ? <span class="faint">–</span> : <OrderLink id={orderId} />),
  },
  { name: 'Dead letter', cell: (operation) => <LetterLink {...operation} />, class: 'wide' },
  { name: 'Service', cell: ({ service }) => service, class: 'wide' },
  { name: 'Time', cell: ({ at }) => timeOf(at), class: 'number wide' },
  { name: 'Age', cell: ({ at }) => <Age time={at} />, class: 'number' },
]

const LetterLink = ({ service, deadLetterId }: ServiceOperation) =>
  deadLetterId === null ? (
    <span class="faint">–</span>
  ) : (
    <a class="id" href={`/dead-letters/${service}/${deadLetterId}`} title={deadLetterId}>
      {shortId(deadLetterId)}
    </a>
  )

const meanings: Readonly<Record<LoggedOperation['outcome'], string>> = {
  requested: 'The payment of the order has the answer of the gateway',
  done: 'It took effect in its service',
  refused: 'It had no effect',
  unknown: 'No outcome is recorded: it is in progress, failed with another error, or is older than this record',
}

/** The newest. Each costs four requests, and those whose outcome is open are read again. */
const maxFollowed = 20

/** By the ids of the dead letters. A dead letter is replayed once: if its message fails again, it is another one. */
const useReplayOutcomes = (operations: readonly ServiceOperation[]): ReadonlyMap<string, Outcome> => {
  const replays = operations
    .flatMap(({ service, outcome, deadLetterId }) =>
      outcome === 'requested' && deadLetterId !== null ? [[deadLetterId, service] as const] : [],
    )
    .slice(0, maxFollowed)
  const services = new Map(replays)
  return useReadUntilFinal([...services.keys()], {
    read: (id, signal) => readOutcome(services.get(id) ?? '', id, signal),
    isFinal,
  })
}
