import type { Order } from '../api/types.ts'
import { waitsFor } from './waits-for.ts'

/** The services that an order waits for, in words. */
export const Where = ({ order }: { readonly order: Order }) => {
  const waiting = waitsFor(order)
  if (waiting.length === 0) return <span class="faint">–</span>
  return (
    <ul class="where">
      {waiting.map(({ service, text, needsPerson }) => (
        <li key={service} class={needsPerson ? 'alarming' : ''}>
          <strong>{service}</strong> {text}
        </li>
      ))}
    </ul>
  )
}
