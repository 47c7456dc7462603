/** The tables of the console. A column is data, so that all tables have the same head, and the same rows on a narrow screen. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

export interface Column<Row> {
  /** The text of its head. */
  readonly name: string
  /** The head, if it is not text. */
  readonly head?: ComponentChildren
  readonly cell: (row: Row) => ComponentChildren
  /** True for the column that names the row. Default: false. */
  readonly isHeading?: boolean
  /** `number` is aligned to the right, `wide` is left out on a narrow screen, and `clipped` is cut at its end. */
  readonly class?: string
  /** Shown when the mouse is over the cell, such as a text that is cut. */
  readonly title?: (row: Row) => string | undefined
}

interface TableProps<Row> {
  /** Read by screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Text below a row, in its whole width. Null for a row without any. Default: no row has any. */
  readonly below?: (row: Row) => string | null
  /** Whether the link in the heading of a row covers the row. Default: false. */
  readonly isLinked?: boolean
}

export const Table = <Row,>({ caption, columns, rows, keyOf, below, isLinked = false }: TableProps<Row>) => (
  <div class="table-frame">
    <table class={isLinked ? 'list linked' : 'list'}>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, head = name, class: style }) => (
            <th key={name} scope="col" class={style}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <WholeRow key={keyOf(row)} columns={columns} row={row} below={below?.(row) ?? null} isLinked={isLinked} />
        ))}
      </tbody>
    </table>
  </div>
)

interface WholeRowProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly row: Row
  readonly below: string | null
  readonly isLinked: boolean
}

/**
 * A row and the text below it. For screen readers the text has the heading of the row. The link of a row covers its cells, so the row has
 * their titles.
 */
const WholeRow = <Row,>({ columns, row, below, isLinked }: WholeRowProps<Row>) => {
  const headingId = useId()
  const titles = isLinked ? columns.flatMap(({ title }) => title?.(row) ?? []) : []
  return (
    <>
      <tr title={titles.length > 0 ? titles.join('\n') : undefined}>
        {columns.map((column) => (
          <Cell key={column.name} column={column} row={row} headingId={headingId} />
        ))}
      </tr>
      {below !== null && (
        <tr class="below">
          <td colSpan={columns.length} headers={headingId}>
            {below}
          </td>
        </tr>
      )}
    </>
  )
}

interface CellProps<Row> {
  readonly column: Column<Row>
  readonly row: Row
  readonly headingId: string
}

const Cell = <Row,>({ column: { cell, isHeading = false, class: style, title }, row, headingId }: CellProps<Row>) =>
  isHeading ? (
    <th scope="row" id={headingId} class={style} title={title?.(row)}>
      {cell(row)}
    </th>
  ) : (
    <td class={style} title={title?.(row)}>
      {cell(row)}
    </td>
  )
