/** The names of statements in traces. Their texts would be too long, and their names in Postgres are hashes. */
import type { Span } from '@opentelemetry/api'

/**
 * Names the span of statements that were sent together: "insert inbox; insert outbox; commit". Their number is in the attribute
 * that the conventions have for batches (https://opentelemetry.io/docs/specs/semconv/database/database-spans/).
 */
export const nameStatements = (span: Span, text: string): void => {
  const statements = text.split(';\n') // as the pipeline joins them
  span.updateName(statements.map(statementName).join('; '))
  if (statements.length > 1) span.setAttribute('db.operation.batch.size', statements.length)
}

/** "insert outbox", "select account", "COMMIT": the command and its first table. */
export const statementName = (text: string): string => {
  const [, verb, changed] = /(?<!\bfor\s+)\b(insert|update|delete)\s+(?:into\s+|from\s+)?([a-z_]+)/i.exec(text) ?? []
  if (verb && changed) return `${verb} ${changed}`
  const [, read] = /\bfrom\s+([a-z_]+)/i.exec(text) ?? []
  return read ? `select ${read}` : (/^\s*(\w+)/.exec(text)?.[1] ?? 'statement')
}
