/** A generated page: its heading and its parts. */
export const page = (title: string, parts: readonly string[]): string =>
  `${['<!-- Generated; do not edit. Run: npm run generate -->', `# ${title}`, ...parts].join('\n\n')}\n`

/** A table. A bar in a cell is escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

export const code = (text: string): string => `\`${text}\``
