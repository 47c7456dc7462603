import type { EventSink } from '@quadrille/service'

/** Calls `end` when the sink is closed, at once if it is. The returned function calls it before. It may be called repeatedly. */
export const untilClosed = ({ closed }: Pick<EventSink, 'closed'>, end: () => void): (() => void) => {
  const endNow = () => {
    closed.removeEventListener('abort', endNow)
    end()
  }
  if (closed.aborted) end()
  else closed.addEventListener('abort', endNow)
  return endNow
}
