/** The states of a subject, and the messages that cause its transitions. Every other message leaves the state unchanged. */

/** `null` marks a terminal state. */
export type Lifecycle<Status extends string = string, Type extends string = string> = Readonly<
  Record<Status, Partial<Readonly<Record<Type, Status>>> | null>
>
