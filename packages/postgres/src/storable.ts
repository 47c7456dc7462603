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
