/**
 * Shows the effect of a replay: the reaction runs in a transaction that is rolled back. A task is not run, because its
 * external effect can't be undone.
 */
import { type Decoded, inboxTypes, type Language, type Message, Undecodable } from '@quadrille/messages'
import { directExchange, eventsExchange, inboxOf } from '@quadrille/messaging'
import type { Handoff } from '@quadrille/outbox'
import { faultOf, isCancellation } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type BatchOutcome } from '../core/batch.ts'
import type { Step } from '../core/working-set.ts'
import { eventStormIn, type FindEventStorm } from '../delivery/event-storm.ts'
import type { DeadLetterReason } from '../delivery/outcome.ts'
import { wrongExchange } from '../delivery/wrong-exchange.ts'
import { Unavailable } from '../errors/unavailable.ts'
import type { Trial } from './http/schema.ts'
import { originalExchange } from './original-exchange.ts'
import { rollingBack } from './rolling-back.ts'

export interface DryRunInput {
  readonly queue: string
  /** The original exchange of the message. */
  readonly exchange: string
  /** The reason of the dead letter. */
  readonly reason: string
  readonly body: Uint8Array
}

/** @throws if Postgres is unavailable or another session has locked the rows. The result is then unknown. */
export type DryRun = (input: DryRunInput) => Promise<Trial>

export const createDryRun = <State>(options: ReactionOptions<State>): DryRun => {
  const findStorm = eventStormIn(options.language, options.model)
  return async (input) => {
    if (input.reason === ('kills_its_consumer' satisfies DeadLetterReason))
      return {
        outcome: 'not_tried',
        detail: 'This message has crashed the processes that handled it. A dry run could crash this one.',
      }
    if (input.queue === eventsExchange(options.model.name))
      return { outcome: 'not_tried', detail: 'The event was not published yet, and would be published now.' }
    const decoded = read(input.body, options.language)
    const trial = withoutTrying(input, decoded, { ...options, findStorm })
    if (trial) return trial
    if (decoded instanceof Undecodable)
      return { outcome: 'failed', detail: options.language.redactText(decoded.message) }
    return tryReaction(decoded, options)
  }
}

interface Checks extends Pick<BatchOptions<never>, 'language' | 'model'> {
  readonly findStorm: FindEventStorm
}

/** The result without running the reaction. Null if the reaction must run, or the message can't be decoded. */
const withoutTrying = (
  input: DryRunInput,
  decoded: Decoded | Undecodable,
  { language, model, findStorm }: Checks,
): Trial | null => {
  const isInbox = input.queue === inboxOf(model.name)
  if (decoded instanceof Undecodable)
    return decoded.reason === 'unknown_type' && isInbox
      ? { outcome: 'ignored', detail: language.redactText(decoded.message) }
      : null
  const { type } = decoded.message
  if (!isInbox) return { outcome: 'not_tried', detail: `The task ${type} would run, and its effect can’t be undone.` }
  if (!inboxTypes(model).includes(type))
    return { outcome: 'ignored', detail: `This service has no reaction to ${type}.` }
  const direct = directExchange(model.name)
  const error =
    wrongExchange({ type, exchange: originalExchange(input, direct), direct }, language) ?? findStorm(decoded.message)
  return error && { outcome: 'failed', detail: error.message }
}

const read = (body: Uint8Array, language: Language): Decoded | Undecodable => {
  try {
    return language.decode(body)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
}

type ReactionOptions<State> = Omit<BatchOptions<State>, 'relay' | 'onCommitted'>

const tryReaction = async <State>(decoded: Decoded, options: ReactionOptions<State>): Promise<Trial> => {
  const { language } = options
  const steps: Step<State>[] = []
  try {
    const [outcome] = await applyBatch([decoded], {
      ...options,
      relay: { prepare: () => nothingSent },
      database: rollingBack(options.database),
      onCommitted: (tried) => steps.push(...tried),
    })
    if (outcome?.status === 'locked')
      throw new Unavailable('Another session has locked the rows of this message; try again.')
    const [step] = steps
    return step ? applied(step, options) : failed(outcome, language)
  } catch (error) {
    if (!(error instanceof Error) || isUndecided(error)) throw error
    return { outcome: 'failed', detail: language.redactText(error.message) }
  }
}

const nothingSent: Handoff = { statements: [], committed: () => undefined, abandoned: () => undefined }

/** True if the fault says nothing about the message. A message whose statement is cancelled may be cancelled in a replay too. */
const isUndecided = (error: Error): boolean => {
  const fault = faultOf(error)
  return fault === 'conflict' || (fault === 'unavailable' && !isCancellation(error))
}

/** The effect of a message, with what it causes in the versions that would be sent. */
const applied = <State>(
  { before, after, events, tasks }: Step<State>,
  { language: { encode, redact }, publishVersions }: ReactionOptions<State>,
): Trial => {
  const asSent = (message: Message) => redact(JSON.parse(encode(message, publishVersions)))
  return {
    outcome: 'applied',
    before: redact(before),
    after: redact(after),
    events: events.map(asSent),
    tasks: tasks.map(asSent),
  }
}

const failed = (outcome: BatchOutcome | undefined, { redactText }: Language): Trial =>
  outcome?.status === 'failed'
    ? { outcome: 'failed', detail: redactText(outcome.error.message) }
    : { outcome: 'duplicate' }
