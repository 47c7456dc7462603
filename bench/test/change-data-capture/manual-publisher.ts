/** A publisher whose confirms the test controls. */
import { type Publisher, Unconfirmed, type WireMessage } from '@quadrille/messaging'

export const manualPublisher = () => {
  const pending: { message: WireMessage; confirm: () => void; refuse: (error: Error) => void }[] = []
  const seen: WireMessage[] = []
  let fault: string | null = null
  const publisher: Publisher = {
    publish: (_to, message) => {
      seen.push(message)
      return new Promise((confirm, refuse) => pending.push({ message, confirm, refuse }))
    },
    waitingFor: () => fault,
    outboxAsQueue: null,
  }
  return {
    publisher,
    /** All messages, in the order of their publishing. */
    seen,
    pending,
    confirmAll: () => pending.splice(0).forEach(({ confirm }) => void confirm()),
    /** As if the connection were lost: the outcome of these messages is unknown. */
    refuseAll: () => pending.splice(0).forEach(({ refuse }) => void refuse(new Unconfirmed('lost'))),
    setUnavailable: (reason: string | null) => {
      fault = reason
    },
  }
}
