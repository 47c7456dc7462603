/** A statement's name in a trace. Its text would be too long, and the name that it has at Postgres is a hash. */

/** "insert outbox", "select account", "COMMIT": what the statement does, and the first table that it does it to. */
export const statementName = (text: string): string => {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = nameOf(text)
  if (names.size < most) names.set(text, name)
  return name
}

/** The statements of a service are some dozen, and each is run again and again. */
const names = new Map<string, string>()
const most = 1_000

const nameOf = (text: string): string => {
  const [, verb, changed] = /(?<!\bfor\s+)\b(insert|update|delete)\s+(?:into\s+|from\s+)?([a-z_]+)/i.exec(text) ?? []
  if (verb && changed) return `${verb} ${changed}`
  const [, read] = /\bfrom\s+([a-z_]+)/i.exec(text) ?? []
  return read ? `select ${read}` : (/^\s*(\w+)/.exec(text)?.[1] ?? 'statement')
}
