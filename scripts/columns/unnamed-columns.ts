export interface Finding {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/**
 * SQL that does not name its columns. Its meaning changes in a running process when a newer version adds a column: a
 * prepared `select *` fails ("cached plan must not change result type"), and an insert of a whole row writes null
 * instead of the new column's default.
 */
const unnamed = [
  /\b(?:select(?:\s+all|\s+distinct)?|returning)\s+(?:[\w.$]+\s*,\s*)*(?:\w+\.)?\*/gi,
  /\b\w+\.\*\s*(?:,|from\b)/gi,
  /\bjsonb?_populate_record(?:set)?\b/gi,
  /\b(?:row_to_json|null::(?!(?:uuid|text|integer|bigint|boolean|numeric|jsonb?|timestamptz|bytea)\b)\w+)/gi,
  /\binsert\s+into\s+(?:[\w."]|\$\{[^}]*\})+(?:\s+as\s+\w+)?(?!\s+as\b)\s*(?:select|values|table|overriding)\b/gi,
  /\binsert\s+into\s+(?:[\w."]|\$\{[^}]*\})+\s+default\s+values\b/gi,
]

/** The statements of a source that do not name their columns, in order. */
export const unnamedColumns = (source: string): Finding[] =>
  unnamed
    .flatMap((pattern) => [...source.matchAll(pattern)])
    .sort((a, b) => a.index - b.index)
    .map(({ index, 0: text }) => ({
      line: source.slice(0, index).split('\n').length,
      text: text.replaceAll(/\s+/g, ' '),
    }))
