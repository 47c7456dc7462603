/** The name of a statement in a trace. Its text would be too long, and its name in Postgres is a hash. */

/** "insert outbox", "select account", "COMMIT": the command and its first table. */
export const statementName = (text: string): string => {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = nameOf(text)
  if (names.size < maxNames) names.set(text, name)
  return name
}

/** A service has a few dozen statements, which run repeatedly. */
const names = new Map<string, string>()
const maxNames = 1_000

const nameOf = (text: string): string => {
  const [, verb, changed] = /(?<!\bfor\s+)\b(insert|update|delete)\s+(?:into\s+|from\s+)?([a-z_]+)/i.exec(text) ?? []
  if (verb && changed) return `${verb} ${changed}`
  const [, read] = /\bfrom\s+([a-z_]+)/i.exec(text) ?? []
  return read ? `select ${read}` : (/^\s*(\w+)/.exec(text)?.[1] ?? 'statement')
}
