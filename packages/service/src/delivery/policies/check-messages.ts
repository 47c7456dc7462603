/**
 * Checks messages before they are handled: that a message can be read, that the service handles its type, that an event came from
 * its publisher, and that the message is not part of an event storm.
 */
import { toError } from '@quadrille/async'
import {
  type Decoded,
  inboxTypes,
  type Language,
  type Message,
  messagesAtMost,
  type ServiceModel,
  Undecodable,
} from '@quadrille/messages'
import { directExchange, eventsExchange } from '@quadrille/messaging'
import type { Incoming } from '../incoming.ts'
import { type DeadLettered, type Failed, ignored, type Outcome } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'

export interface CheckOptions {
  readonly language: Language
  readonly model: ServiceModel
}

/** The outcome of a message that is not handled. `detail`: the reason why it is ignored. */
export type Refusal = { readonly status: 'ignored'; readonly detail: string } | DeadLettered | Failed

/**
 * Checks a message of the inbox. Undefined if the service reacts to it.
 * @param exchange the exchange through which it first came; empty if it is unknown.
 */
export type CheckEvent = (decode: () => Decoded, exchange: string) => Refusal | undefined

/**
 * Events that the service does not consume are ignored, because a fanout exchange delivers all events of a publisher. So are
 * unknown types, because a publisher may be newer.
 */
export const eventCheck = (options: CheckOptions): CheckEvent => {
  const consumed = consumedBy(options.model)
  const checkExchange = exchangeCheck(options)
  const checkStorm = stormCheck(options)
  return (decode, exchange) => {
    const read = readMessage(decode)
    if ('status' in read) return isUnknown(read) ? { status: 'ignored', detail: read.error.message } : read
    const { message } = read
    if (!consumed.has(message.type))
      return { status: 'ignored', detail: `This service has no reaction to ${message.type}.` }
    return checkExchange(message, exchange) ?? checkStorm(message)
  }
}

/** The message, or the outcome of one that can't be read. */
export const readMessage = (decode: () => Decoded): Decoded | DeadLettered | Failed => {
  try {
    return decode()
  } catch (error) {
    return error instanceof Undecodable ? undecodable(error) : { status: 'failed', error: toError(error) }
  }
}

/** Does what `eventCheck` says. Thanks to the property `type`, the body of an ignored event is not decoded. */
export const checkEvents = (options: CheckOptions): Policy => {
  const { language, model } = options
  const consumed = consumedBy(model)
  const check = eventCheck(options)
  const early = (incoming: Incoming): Outcome | undefined => {
    const { message, exchange } = incoming.delivery
    if (language.isMessageType(message.type) && !consumed.has(message.type)) return ignored
    return check(() => incoming.decoded(), exchange)
  }
  return (next) => (batch) => answerEarly(batch, early, next)
}

/** Messages that this queue has no task for become dead letters. */
export const checkTasks = (options: CheckOptions, isTask: (type: string) => boolean): Policy => {
  const checkStorm = stormCheck(options)
  const check = (incoming: Incoming): Outcome | undefined => {
    const read = readMessage(() => incoming.decoded())
    if ('status' in read) return read
    const { message } = read
    if (isTask(message.type)) return checkStorm(message)
    return undecodable(new Undecodable('unknown_type', `${options.model.name} has no task ${message.type}.`))
  }
  return (next) => (batch) => answerEarly(batch, check, next)
}

/** Internal messages never come from outside. */
const consumedBy = (model: ServiceModel): ReadonlySet<string> => new Set(inboxTypes(model))

const undecodable = (error: Undecodable): DeadLettered => ({ status: 'dead_letter', reason: error.reason, error })

const isUnknown = (refusal: DeadLettered | Failed): boolean =>
  refusal.status === 'dead_letter' && refusal.reason === 'unknown_type'

/**
 * An event through the exchange of a service that doesn't publish it is a mistake, or a forgery. Undefined if it came through the
 * exchange of its publisher, or through the service's own direct exchange. Only the service itself publishes to the latter, and it
 * names the original exchange of each event that it has received.
 */
const exchangeCheck = ({ language, model }: CheckOptions) => {
  const direct = directExchange(model.name)
  return ({ type }: Message, exchange: string): DeadLettered | undefined => {
    if (exchange === direct) return undefined
    const publisher = language.publisherOf(type)
    if (publisher && exchange === eventsExchange(publisher.name)) return undefined
    const source = exchange === '' ? 'an unknown exchange' : exchange
    const owner = publisher?.name ?? `the owner of ${direct}`
    const error = new Error(`${type} came through ${source}. Its publisher is ${owner}.`)
    return { status: 'dead_letter', reason: 'wrong_exchange', error }
  }
}

/**
 * Recognizes event storms: services that answer each other's events without end. Undefined if the chain that leads to the message
 * has no more hops than the model allows, which includes the service itself.
 */
const stormCheck = ({ language: { messages, services }, model }: CheckOptions) => {
  const atMost = messagesAtMost({ messages, services: { ...services, [model.name]: model } })
  return ({ type, hops = 0 }: Message): DeadLettered | undefined => {
    if (hops < atMost) return undefined
    const error = new Error(`${type} has ${hops} hops; a chain of this choreography has at most ${atMost - 1}`)
    return { status: 'dead_letter', reason: 'event_storm', error }
  }
}
