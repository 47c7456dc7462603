/**
 * The choreography as data: which service publishes and consumes which messages. The topology of the broker, the
 * AsyncAPI document, the JSON Schemas and the diagrams are generated from it, and `checkChoreography` finds where a
 * message could get lost.
 */

/** External work of a service: its queues, and for each task the outcomes that it may return to the service's reactions. */
export interface Work<Type extends string = string> {
  /**
   * Set if each of the queues gets every task, through this fanout exchange. Otherwise there is one queue, addressed
   * directly.
   */
  readonly fanout?: string
  /** With a fanout these are the possible queues. The configuration of the service selects among them. */
  readonly queues: readonly string[]
  readonly tasks: Partial<Readonly<Record<Type, readonly Type[]>>>
}

export interface ServiceModel<Type extends string = string, Asked extends string = string> {
  readonly name: string
  /**
   * If true, the queues of the service have no length limit, and the publishers of its choreography wait until its inbox exists. If
   * false, they do not wait, and its inbox, each work queue and its dead-letter queue hold at most 100,000 messages.
   */
  readonly essential: boolean
  readonly publishes: readonly Type[]
  readonly consumes: readonly Type[]
  /** Messages from the service to its own reactions: outcomes of its tasks, and HTTP requests. */
  readonly internal: readonly Type[]
  /**
   * The events and tasks that the reaction to a message may send, by the type of that message. A type that is absent causes
   * nothing. A reaction that sends others does not compile, and a cycle over all services fails the build. Default: none.
   */
  readonly causes?: Partial<Readonly<Record<Type, readonly Type[]>>>
  /**
   * Events and tasks that undo earlier work. They are retried without a limit, however often they fail. Default: none.
   */
  readonly compensates?: readonly Type[]
  /**
   * Whether the service also consumes its own events, to restore its state after its database was restored from an
   * older backup. They reach its inbox through its direct exchange, only in that case. Default false.
   */
  readonly consumesOwnEvents?: boolean
  readonly work: Work<Type> | null
  /** The questions of other services that it answers. Default: none. */
  readonly answers?: readonly Asked[]
  /** The questions that it asks other services. It must also work without an answer. Default: none. */
  readonly asks?: readonly Asked[]
}

/** The services of a language, by name. */
export type Choreography<Type extends string = string, Asked extends string = string> = Readonly<
  Record<string, ServiceModel<Type, Asked>>
>

/**
 * The service that publishes an event. Undefined for other messages, and for an event without a publisher,
 * which `checkChoreography` reports.
 */
export const publisherOf = (type: string, services: Choreography): ServiceModel | undefined =>
  Object.values(services).find(({ publishes }) => publishes.includes(type))

/** The service that answers a question. Undefined without one, which `checkChoreography` reports. */
export const answererOf = (question: string, services: Choreography): ServiceModel | undefined =>
  Object.values(services).find(({ answers = [] }) => answers.includes(question))

/** The events in a service's inbox: those that it consumes, and its own if `consumesOwnEvents` is set. */
export const inboxTypes = <Type extends string>({
  consumes,
  publishes,
  consumesOwnEvents = false,
}: Pick<ServiceModel<Type>, 'consumes' | 'publishes' | 'consumesOwnEvents'>): readonly Type[] =>
  consumesOwnEvents ? [...consumes, ...publishes] : consumes

/** The services that consume at least one event of a publisher, and so bind their inbox to its exchange. */
export const consumersOf = (publisher: ServiceModel, services: Choreography): ServiceModel[] =>
  Object.values(services).filter(({ consumes }) => consumes.some((type) => publisher.publishes.includes(type)))
