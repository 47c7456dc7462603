/** The outbox rows of a batch. */
import {
  asDecoded,
  type Language,
  type Message,
  maxBodyBytes,
  type PublishVersions,
  type ServiceModel,
} from '@quadrille/messages'
import { eventAddress, taskAddress } from '@quadrille/messaging'
import type { Outgoing } from '@quadrille/outbox'
import type { Step } from './working-set.ts'

export interface OutgoingOptions {
  readonly language: Pick<Language, 'encode' | 'versionToSend'>
  readonly model: ServiceModel
  readonly publishVersions: PublishVersions
}

/**
 * The events and tasks of the steps, in their order. A message that is sent in its newest version is also passed on decoded.
 * @throws {RangeError} if consumers would reject a message because of its size, which no replay could change. The batch then rolls
 * back, and is handled again in parts.
 */
export const outgoing = (
  steps: readonly Pick<Step, 'events' | 'tasks'>[],
  { language, model, publishVersions }: OutgoingOptions,
): Outgoing[] => {
  const isNewest = ({ type, schemaversion }: Message) => language.versionToSend(type, publishVersions) === schemaversion
  const row = (message: Message, to: Outgoing['to']): Outgoing => {
    const body = language.encode(message, publishVersions)
    const bytes = Buffer.byteLength(body)
    if (bytes > maxBodyBytes)
      throw new RangeError(`${message.type} has ${bytes} bytes; a message may have ${maxBodyBytes}.`)
    return {
      id: message.id,
      type: message.type,
      subject: message.subject,
      to,
      body,
      bytes,
      traceparent: message.traceparent,
      decoded: isNewest(message) ? asDecoded(message) : undefined,
    }
  }
  return steps.flatMap(({ events, tasks }) => [
    ...events.map((event) => row(event, eventAddress(model.name))),
    ...tasks.map((task) => row(task, taskAddress(model))),
  ])
}
