/** One valid message of each kind that a test needs, and bytes that are almost valid. */
import type { PublishVersions } from '../src/index.ts'
import { type Draft, library, type Message, type MessageType } from './library.ts'

export const loanId = '018f4e9a-0000-7000-8000-000000000001'
export const now = new Date('2030-01-02T03:04:05.678Z')

/** Of a type with two versions. */
export const refused = library.draft('LoanRefused', { loanId, code: 'no_copies', category: 'no_copies' })

export const requested = library.draft('LoanRequested', {
  loanId,
  reader: { id: 'r-1', email: 'ada@example.com' },
  books: [{ isbn: '978-0', copies: 3 }],
  card: { pin: '4711' },
  dueAt: '2030-01-02T03:19:05.678Z',
  note: 'web-77',
  labels: { branch: '12' },
})

export const sealed = <Type extends MessageType>(draft: Draft<Type>): Message<Type> =>
  library.seal(draft, { service: 'test', now })

type Json = Record<string, unknown>

/** The message as JSON that a test can change. */
export const asJson = (message: Message, versions?: PublishVersions): Json =>
  JSON.parse(library.encode(message, versions))

export const asBytes = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json))

/** The requested loan's message with other attributes. */
export const withAttributes = (changes: Json): Uint8Array => asBytes({ ...asJson(sealed(requested)), ...changes })

/** The requested loan's message with other data. */
export const withData = (changes: Json): Uint8Array => {
  const json = asJson(sealed(requested))
  return asBytes({ ...json, data: { ...(json['data'] as Json), ...changes } })
}
