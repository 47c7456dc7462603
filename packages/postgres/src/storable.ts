/**
 * Text that Postgres can store: NUL, which text and jsonb can't hold, and lone surrogates, which are not characters
 * (manual, 8.3 and 8.14), become U+FFFD, the replacement character.
 */

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** Text that Postgres can store, as JSON. JSON.stringify leaves only a lone surrogate as an escape. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(u0000|ud[89a-f]..|.)/g, (written, escaped: string) =>
    escaped.length > 1 ? '\\ufffd' : written,
  )
