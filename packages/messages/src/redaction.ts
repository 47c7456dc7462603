/**
 * Masks the secret fields of a language, and email addresses, in logs, errors, headers and dead letters. Only texts for
 * people are masked. Stored and sent bytes stay unchanged.
 */

/** Replaces a secret. */
const mask = '***'

export interface Redaction {
  /**
   * The value as JSON with every secret field and address masked, also in the names of fields. Maps become objects.
   * @throws {RangeError} if it is nested too deeply.
   */
  redact(value: unknown): unknown
  /** The text with the values of secret fields, and everything that looks like an email address, masked. */
  redactText(text: string): string
}

/** `secrets`: the names of the fields whose values are secret, in upper or lower case. */
export const createRedaction = (secrets: readonly string[]): Redaction => {
  const secretFields: ReadonlySet<string> = new Set(secrets.map((field) => field.toLowerCase()))
  const fieldInText = secretFieldIn(secrets)
  const redactText = (text: string) =>
    withoutAddresses(
      fieldInText ? text.replaceAll(fieldInText, (_, field: string, value: string) => field + maskOf(value)) : text,
    )

  const masking = (key: string, child: unknown): unknown => {
    if (secretFields.has(key.toLowerCase()) && child !== undefined && child !== null) return mask
    if (typeof child === 'string') return redactText(child)
    if (typeof child !== 'object' || child === null || Array.isArray(child)) return child
    const entries = child instanceof Map ? [...child] : Object.entries(child)
    return Object.fromEntries(entries.map(([name, field]) => [redactText(String(name)), field]))
  }

  return { redactText, redact: (value) => JSON.parse(JSON.stringify(value, masking) ?? 'null') }
}

/**
 * Matches a field of one of these names with its value: in JSON, also within a JSON string, and in the formats of
 * util.inspect and forms. A quoted value ends with its quotes, or with the text if that was truncated. JSON within JSON has 1, 3,
 * 7, … backslashes before each quote. The end of a value is found up to six levels, because without a limit a long run would take
 * quadratic time. A value of deeper levels is matched up to the end of the text. Null without names.
 */
const secretFieldIn = (names: readonly string[]): RegExp | null => {
  if (names.length === 0) return null
  const name = names.map((field) => field.replaceAll(/\W/g, String.raw`\$&`)).join('|')
  const end = String.raw`(?:\\*["'])?\s*[:=]\s*`
  const value = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(\\{1,63}["']).*?(?:\3|$)|\\{64,}["'].*|[^\s"',;&}\])]+`
  return new RegExp(String.raw`\b((?:${name})${end})(${value})`, 'gis')
}

/**
 * An email address: its `@` and the text around it. Each part may have 254 characters, as a whole address may (RFC 5321, section
 * 4.5.3.1.3), because not every program limits the name to 64 and a label to 63. The domain needs a top-level domain, so that the
 * `name@1.2.3` in a path does not match; it may have 127 labels. An apostrophe belongs to the address after any other character
 * that z.email accepts in a name. At its beginning it may be a quote, so it stays. The search begins at the `@`, so long texts
 * without one cost little.
 */
const address =
  /@(?<=((?:[^\s@<>"'()[\],;:\\]|(?<=[\p{L}\p{N}.'_+-])'){1,254})@)(?:[\p{L}\p{N}-]{1,254}\.){1,126}\p{L}[\p{L}\p{N}-]{1,254}/gu

/** The mask, in the quotes of the value. */
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
