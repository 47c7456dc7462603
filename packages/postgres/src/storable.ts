/**
 * Converts text so that Postgres can store it. NUL and lone surrogates, which text and jsonb cannot hold (manual, 8.3 and
 * 8.14), are replaced by U+FFFD, the replacement character.
 */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** The same for a value as JSON. JSON.stringify writes a `\ud…` escape only for a lone surrogate. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(u0000|ud[89a-f]..|.)/g, (written, escaped: string) =>
    escaped.length > 1 ? '\\ufffd' : written,
  )

/**
 * SQL for the value of a `json` column, without escapes of NUL and of surrogates. The column stores them, but `->` and `->>` reject a
 * value with such an escape in any of its texts (manual, 8.14), so one row would fail the statement.
 */
export const readableJson = (column: string): string =>
  String.raw`case when ${column}::text like '%\\u%'
    then regexp_replace(${column}::text, '(\\\\)|\\u(0000|[dD][89a-fA-F]..)', '\1', 'g')::json else ${column} end`
