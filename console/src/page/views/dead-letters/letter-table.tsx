import type { DeadLetter } from '../../api/types.ts'
import { shortId } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { Breakable } from '../../parts/breakable.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { type Selection, without } from './selection.ts'

interface LetterTableProps {
  readonly service: string
  readonly letters: readonly DeadLetter[]
  readonly selected: Selection
  readonly onSelect: (selected: Selection) => void
}

/** The dead letters of a group, the newest first, with a box to select each. */
export const LetterTable = ({ service, letters, selected, onSelect }: LetterTableProps) => {
  const areAll = letters.every(({ id }) => selected.has(id))
  const toggle = (letter: DeadLetter) => {
    const { id } = letter
    onSelect(selected.has(id) ? without(selected, letter) : new Map(selected).set(id, letter))
  }
  const all = (
    <input
      type="checkbox"
      aria-label="Select all"
      checked={areAll}
      onChange={() => onSelect(new Map(areAll ? [] : letters.map((letter) => [letter.id, letter])))}
    />
  )
  const box = (letter: DeadLetter) => (
    <input
      type="checkbox"
      aria-label={`Select ${shortId(letter.id)}`}
      checked={selected.has(letter.id)}
      onChange={() => toggle(letter)}
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
