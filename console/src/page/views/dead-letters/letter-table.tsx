import type { DeadLetter } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, shortId, timeOf } from '../../format.ts'

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
  return (
    <div class="table-frame">
      <table class="orders letters">
        <caption class="visually-hidden">Dead letters, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all"
                checked={areAll}
                onChange={() => onSelect(new Set(areAll ? [] : letters.map(({ id }) => id)))}
              />
            </th>
            <th scope="col">Dead letter</th>
            <th scope="col">Order</th>
            <th scope="col" class="wide">
              Error
            </th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col" class="number">
              Age
            </th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <Row
              key={letter.id}
              service={service}
              letter={letter}
              isSelected={selected.has(letter.id)}
              onToggle={() => toggle(letter.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly service: string
  readonly letter: DeadLetter
  readonly isSelected: boolean
  readonly onToggle: () => void
}

const Row = ({ service, letter, isSelected, onToggle }: RowProps) => {
  const { id, orderId, error, attempts, lastFailedAt } = letter
  return (
    <tr>
      <td>
        <input type="checkbox" aria-label={`Select ${shortId(id)}`} checked={isSelected} onChange={onToggle} />
      </td>
      <th scope="row">
        <a class="id" href={`/dead-letters/${service}/${id}`} title={id}>
          {shortId(id)}
        </a>
      </th>
      <td>
        {orderId === null ? (
          <span class="faint">–</span>
        ) : (
          <a class="id" href={`/orders/${orderId}`} title={orderId}>
            {shortId(orderId)}
          </a>
        )}
      </td>
      <td class="wide clipped" title={error}>
        {error}
      </td>
      <td class="number">{attempts}</td>
      <td class="number">
        <time dateTime={lastFailedAt} title={timeOf(lastFailedAt)}>
          {ageOf(lastFailedAt, nowMs.value)}
        </time>
      </td>
    </tr>
  )
}
