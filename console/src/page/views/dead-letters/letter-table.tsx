import type { DeadLetter } from '../../api/types.ts'
import { shortId } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Breakable } from '../../parts/breakable.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { type Column, Table } from '../../parts/table.tsx'

interface LetterTableProps {
  readonly service: string
  readonly letters: readonly DeadLetter[]
  /** The ids of the selected ones. */
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

/** The dead letters of a group, the newest first, with a box to select each. */
export const LetterTable = ({ service, letters, selected, onSelect }: LetterTableProps) => {
  const areAll = letters.every(({ id }) => selected.has(id))
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }
  const all = (
    <input
      type="checkbox"
      aria-label="Select all"
      checked={areAll}
      onChange={() => onSelect(new Set(areAll ? [] : letters.map(({ id }) => id)))}
    />
  )
  const box = ({ id }: DeadLetter) => (
    <input
      type="checkbox"
      aria-label={`Select ${shortId(id)}`}
      checked={selected.has(id)}
      onChange={() => toggle(id)}
    />
  )
  const columns = [{ name: 'Selected', head: all, cell: box }, ...columnsOf(service)]
  return <Table caption="Dead letters, the newest first" columns={columns} rows={letters} keyOf={({ id }) => id} />
}

const columnsOf = (service: string): readonly Column<DeadLetter>[] => [
  {
    name: 'Dead letter',
    cell: ({ id }) => (
      <a class="id" href={`/dead-letters/${service}/${id}`} title={id}>
        {shortId(id)}
      </a>
    ),
    isHeading: true,
  },
  { name: 'Message', cell: ({ type }) => <Breakable name={type || 'unknown'} /> },
  {
    name: 'Order',
    cell: ({ orderId }) => (orderId === null ? <span class="faint">–</span> : <OrderLink id={orderId} />),
  },
  { name: 'Error', cell: ({ error }) => error, class: 'wide clipped roomy', title: ({ error }) => error },
  { name: 'Attempts', cell: ({ attempts }) => attempts, class: 'number wide' },
  { name: 'Age', cell: ({ lastFailedAt }) => <Age time={lastFailedAt} />, class: 'number' },
]
