/**
 * What Postgres takes of text that comes from outside: no NUL, which its text and jsonb can't hold, and no half of a surrogate
 * pair, which is no character (manual, 8.3 and 8.14). Each becomes U+FFFD, the replacement character.
 */

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** As JSON. In what JSON.stringify writes, only a lone surrogate is left as an escape. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(u0000|ud[89a-f]..|.)/g, (written, escaped: string) =>
    escaped.length > 1 ? '\\ufffd' : written,
  )
