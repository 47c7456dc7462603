import type { LoggedOperation } from '../../api/types.ts'
import { shortId, timeOf, wordsOf } from '../../format.ts'
import { withQuery } from '../../location.ts'
import { Age } from '../../parts/age.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import type { ServiceOperation } from './merge-logs.ts'

/** Operations of all services, the newest first. */
export const OperationTable = ({ operations }: { readonly operations: readonly ServiceOperation[] }) => (
  <Table caption="Operations, the newest first" columns={columns} rows={operations} keyOf={keyOf} />
)

/** An operation has no id. Two that are equal in all of this differ in nothing that is shown but their notes. */
const keyOf = (operation: ServiceOperation): string => {
  const { service, at, operation: name, operator, outcome, orderId, deadLetterId, detail } = operation
  return [service, at, name, operator, outcome, orderId, deadLetterId, detail].join(' ')
}

const columns: readonly Column<ServiceOperation>[] = [
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
  { name: 'Outcome', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
  {
    name: 'Order',
    cell: ({ orderId }) => (orderId === null ? <span class="faint">–</span> : <OrderLink id={orderId} />),
  },
  { name: 'Dead letter', cell: (operation) => <LetterLink {...operation} />, class: 'wide' },
  { name: 'Service', cell: ({ service }) => service, class: 'wide' },
  {
    name: 'Note',
    cell: ({ note, detail }) => note ?? detail,
    class: 'wide clipped',
    title: ({ note, detail }) => note ?? detail ?? undefined,
  },
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
  done: 'It took effect in its service',
  requested: 'The message is handled later; the dead letter shows whether it has returned',
  refused: 'It had no effect',
  unknown: 'No outcome is recorded: it is in progress, failed with another error, or is older than this record',
}

const Outcome = ({ outcome }: Pick<LoggedOperation, 'outcome'>) => (
  <span class={`outcome ${outcome}`} title={meanings[outcome]}>
    {outcome}
  </span>
)
