/**
 * What is shown to nobody in logs, errors, headers and dead letters: payment methods, and the addresses of customers. Bytes
 * that are stored and sent stay as they are; this is for what people read.
 */

/** What stands in place of a secret. */
const mask = '***'

/** The fields in which messages carry them, in upper or lower case. */
const secretFields: ReadonlySet<string> = new Set(['method', 'email'])

/**
 * A field of that name with its value: JSON, also within a string of JSON, and as util.inspect and forms write it. A value in
 * quotes ends with its quotes, or with the text where that was cut off.
 */
const fieldInText =
  /\b((?:method|email)(?:\\*["'])?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(\\+["']).*?(?:\3|$)|[^\s"',;&}\])]+)/gis

/**
 * An address by its `@` and what stands around it (RFC 5321, section 4.5.3.1: 64 octets before it). The domain needs a top-level
 * one, so that the `name@1.2.3` in a path is none; it may have 127 labels. An apostrophe belongs to the address where it stands
 * within a word. Found by the `@`, so that long texts without one cost nothing.
 */
const address =
  /@(?<=((?:[^\s@<>"'()[\],;:\\]|(?<=[\p{L}\p{N}])'(?=[\p{L}\p{N}])){1,64})@)(?:[\p{L}\p{N}-]{1,63}\.){1,126}\p{L}[\p{L}\p{N}-]{1,62}/gu

/**
 * The text without payment methods and addresses: the values of the fields that carry them, and whatever looks like an
 * address. Everything else stays.
 */
export const redactText = (text: string): string =>
  withoutAddresses(text.replaceAll(fieldInText, (_, field: string, value: string) => field + maskOf(value)))

/** Keeps the quotes around it. */
const maskOf = (value: string): string => {
  const quote = /^\\*["']/.exec(value)?.[0] ?? ''
  return quote + mask + quote
}

const withoutAddresses = (text: string): string => {
  let kept = ''
  let from = 0
  for (const { 0: found, 1: local = '', index } of text.matchAll(address)) {
    kept += text.slice(from, index - local.length) + mask
    from = index + found.length
  }
  return kept + text.slice(from)
}

/**
 * The value as JSON with every payment method and address masked, also in the names of fields. Maps are shown as objects.
 * @throws {RangeError} where it is nested too deeply.
 */
export const redact = (value: unknown): unknown => JSON.parse(JSON.stringify(value, masking) ?? 'null')

const masking = (key: string, child: unknown): unknown => {
  if (secretFields.has(key.toLowerCase()) && child !== undefined && child !== null) return mask
  if (typeof child === 'string') return redactText(child)
  if (typeof child !== 'object' || child === null || Array.isArray(child)) return child
  const entries = child instanceof Map ? [...child] : Object.entries(child)
  return Object.fromEntries(entries.map(([name, field]) => [redactText(String(name)), field]))
}
