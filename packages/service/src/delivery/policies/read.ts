/** Policies that decode messages, and answer for what the queue's handler can't or needn't handle. */
import { toError } from '@quadrille/async'
import { type Language, Undecodable } from '@quadrille/messages'
import type { Incoming } from '../incoming.ts'
import { ignored, type Outcome } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'
import { wrongExchange } from '../wrong-exchange.ts'

export interface ReadInboxOptions {
  readonly language: Pick<Language, 'isMessageType' | 'publisherOf'>
  /** The direct exchange of this service. */
  readonly direct: string
  readonly consumes: (type: string) => boolean
}

/**
 * Ignores events that this service does not consume, as a fanout brings all events of a publisher, and those of types that it does
 * not know, as a publisher may be newer. The property `type` saves decoding a body that is not needed.
 */
export const readInbox = ({ language, direct, consumes }: ReadInboxOptions): Policy => {
  const read = (incoming: Incoming): Outcome | undefined => {
    const { message, exchange } = incoming.delivery
    if (language.isMessageType(message.type) && !consumes(message.type)) return ignored
    const type = typeOf(incoming)
    if (type instanceof Error) return isUnknown(type) ? ignored : { status: 'failed', error: type }
    if (!consumes(type)) return ignored
    const error = wrongExchange({ type, exchange, direct }, language)
    return error ? { status: 'failed', error } : undefined
  }
  return (next) => (batch) => answerEarly(batch, read, next)
}

/** Fails for messages that this service has no task for. */
export const readTasks = (service: string, isTask: (type: string) => boolean): Policy => {
  const read = (incoming: Incoming): Outcome | undefined => {
    const type = typeOf(incoming)
    if (type instanceof Error) return { status: 'failed', error: type }
    if (isTask(type)) return undefined
    return { status: 'failed', error: new Undecodable('unknown_type', `${service} has no task ${type}.`) }
  }
  return (next) => (batch) => answerEarly(batch, read, next)
}

const typeOf = (incoming: Incoming): string | Error => {
  try {
    return incoming.decoded().message.type
  } catch (error) {
    return toError(error)
  }
}

const isUnknown = (error: Error): boolean => error instanceof Undecodable && error.reason === 'unknown_type'
