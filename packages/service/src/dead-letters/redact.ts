/** Payment methods are shown to nobody, not even to whoever mends a message; so they must also come back unseen. */
const mask = '***'

/** The field in which messages carry it, wherever in them that is. */
const secret = 'method'

/** The value with every payment method masked. Maps are shown as objects. @throws {RangeError} where it is nested too deeply. */
export const redact = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, child: unknown) => {
      if (key === secret && child !== undefined && child !== null) return mask
      return child instanceof Map ? Object.fromEntries(child) : child
    }) ?? 'null',
  )

/** The same in text that is no JSON, such as a message that was cut off. Keeps every other byte. */
export const redactText = (text: string): string =>
  text.replaceAll(/("method"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}\]]+)/g, `$1"${mask}"`)

/** An edited value with the payment methods of the original again, where they are masked in it. */
export const restore = (edited: unknown, original: unknown): unknown => {
  if (typeof edited !== 'object' || edited === null || typeof original !== 'object' || original === null) return edited
  if (Array.isArray(edited)) return edited.map((item, index) => restore(item, Reflect.get(original, index)))
  return Object.fromEntries(
    Object.entries(edited).map(([key, value]) => {
      const before: unknown = Object.hasOwn(original, key) ? Reflect.get(original, key) : undefined
      return [key, key === secret && value === mask ? before : restore(value, before)]
    }),
  )
}
