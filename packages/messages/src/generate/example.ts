import type { Language } from '../language.ts'

const now = new Date('2026-11-26T18:51:00.000Z')
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }

/**
 * The example of a message as sent in this version, with its envelope.
 * @throws {TypeError} if the example does not fit the schema of its message.
 */
export const exampleOf = (language: Language, type: string, version: number): Record<string, unknown> => {
  const draft = { type, data: language.messages[type]?.example }
  const message = language.seal(draft, { service: language.publisherOf(type)?.name ?? '', now, trace })
  return JSON.parse(language.encode(message, { [type]: version }))
}
