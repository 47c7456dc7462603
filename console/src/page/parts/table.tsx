/** The tables of the console. A column is data, so that all tables have the same head, and the same rows on a narrow screen. */
import type { ComponentChildren } from 'preact'

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
  /** Whether the link in the heading of a row covers the row. Default: false. */
  readonly isLinked?: boolean
}

export const Table = <Row,>({ caption, columns, rows, keyOf, isLinked = false }: TableProps<Row>) => (
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
          <tr key={keyOf(row)} title={isLinked ? titlesOf(columns, row) : undefined}>
            {columns.map((column) => (
              <Cell key={column.name} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** The link of a row covers its cells, so the row has their titles. */
const titlesOf = <Row,>(columns: readonly Column<Row>[], row: Row): string | undefined =>
  columns.flatMap(({ title }) => title?.(row) ?? []).join('\n') || undefined

interface CellProps<Row> {
  readonly column: Column<Row>
  readonly row: Row
}

const Cell = <Row,>({ column: { cell, isHeading = false, class: style, title }, row }: CellProps<Row>) =>
  isHeading ? (
    <th scope="row" class={style} title={title?.(row)}>
      {cell(row)}
    </th>
  ) : (
    <td class={style} title={title?.(row)}>
      {cell(row)}
    </td>
  )
