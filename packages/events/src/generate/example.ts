import { catalog, type MessageType } from '../catalog.ts'
import { publisherOf } from '../choreography.ts'
import { encode } from '../codec.ts'
import { type Draft, seal } from '../envelope.ts'

const now = new Date('2026-11-26T18:51:00.000Z')
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }

/**
 * The example of a message as it is sent in this version, with its envelope.
 * @throws {TypeError} where the example does not fit the schema of its message.
 */
export const exampleOf = (type: MessageType, version: number): Record<string, unknown> => {
  const draft = { type, data: catalog[type].example } as Draft
  const message = seal(draft, { service: publisherOf(type)?.name ?? '', now, trace })
  return JSON.parse(Buffer.from(encode(message, { [type]: version })).toString())
}
