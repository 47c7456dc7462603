/** Schemas of values that messages of any language contain. */
import { z } from 'zod'

/**
 * Text that a person may have typed, in at most `maxLength` UTF-16 units. No control characters (Unicode category Cc)
 * and no lone surrogates (Cs): Postgres can't store the former, and RFC 8785 can't canonicalize the latter.
 */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must have no control characters and no lone surrogates')

/**
 * For input from clients, while messages may hold any `text`: no format characters (Unicode category Cf) either. Zero-width and
 * bidirectional ones make two texts look alike, or one look like another.
 */
export const visible = (schema: z.ZodString) =>
  schema.regex(/^\P{Cf}*$/u, 'must have no format characters, such as zero-width and bidirectional ones')
export const visibleText = (maxLength: number) => visible(text(maxLength))

/** Text with line breaks and tabs. */
export const prose = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'must have no control characters but line breaks and tabs')

/** In lower case, as Postgres returns it: ids are compared as strings (RFC 9562, section 4, allows input in any case). */
export const uuid = z.uuid().toLowerCase()

/** RFC 3339 with any offset; read as UTC in milliseconds, so that times compare as strings. Years that Postgres can store. */
export const timestamp = z.iso
  .datetime({ offset: true, abort: true })
  .overwrite((time) => new Date(time).toISOString())
  .refine((time) => /^(?!0000)\d{4}-/.test(time), 'must be in the years 1 to 9999')
