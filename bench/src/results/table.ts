/**
 * A table in Markdown, aligned so that it can also be read as text. The first row is the head. The first `leftColumns` columns are
 * aligned left, the others right.
 */
export const alignedTable = (rows: readonly (readonly string[])[], leftColumns: number): string => {
  const [head = [], ...body] = rows
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => [...(row[column] ?? '')].length)))
  const pad = (cell: string, column: number) => {
    const spaces = ' '.repeat((widths[column] ?? 0) - [...cell].length)
    return column < leftColumns ? cell + spaces : spaces + cell
  }
  const line = (row: readonly string[]) => `| ${row.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (column < leftColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...body.map(line)].join('\n')
}
