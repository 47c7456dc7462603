/** Schemas of values that messages of any language contain. */
import { z } from 'zod'

/**
 * Text that a person may have typed, of at most `maxLength` code points. Control characters (Unicode category Cc) are rejected:
 * Postgres can't store NUL, and others could forge lines of logs and emails. So are lone surrogates: RFC 8785 can't canonicalize
 * them, and Postgres can't store them.
 *
 * JSON Schema publishes a `regex`, which clients compile in their language, so it has only what each engine understands. A
 * `refine` is not published.
 */
export const text = (maxLength: number) =>
  wellFormed(maxLength).regex(/^[^\x00-\x1f\x7f-\x9f]*$/, 'must not contain control characters')

/**
 * For input from clients: also rejects format characters (Unicode category Cf), because zero-width and bidirectional ones
 * can make different texts look alike. Accepted are the joiners U+200C and U+200D, which Persian, Indic scripts and emojis
 * need, beside other characters. Messages may contain any `text`.
 */
export const visible = (schema: z.ZodString) =>
  schema.refine(
    (text) => /^(?![\u200C\u200D]+$)(?:\P{Cf}|[\u200C\u200D])*$/u.test(text),
    'must not contain format characters, such as bidirectional ones, or consist of joiners',
  )
export const visibleText = (maxLength: number) => visible(text(maxLength))

/** Text with line breaks and tabs. */
export const prose = (maxLength: number) =>
  wellFormed(maxLength).regex(
    /^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$/,
    'must not contain control characters except line breaks and tabs',
  )

const wellFormed = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => text.isWellFormed(), 'must not contain lone surrogates')

/**
 * In lower case, as Postgres returns it, because ids are compared as strings (RFC 9562, section 4, allows input in any
 * case).
 */
export const uuid = z.uuid().toLowerCase()

/** The form of `toISOString`, which is slow, for the years of `timestamp`. */
const inUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * RFC 3339 with any offset. Parsed to UTC in milliseconds, in a year of four digits, so that times can be compared as strings.
 */
export const timestamp = z.iso
  .datetime({ offset: true, abort: true })
  .overwrite((time) => (inUtc.test(time) ? time : new Date(time).toISOString()))
  .refine((time) => /^(?!0000)\d{4}-/.test(time), 'must be in the years 1 to 9999')
