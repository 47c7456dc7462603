import type { ServiceName } from '@quadrille/events'
import { order } from './first-order.ts'
import type { Unready } from './unready.ts'

export interface Welcome {
  /** Of the services, and where operations have a port of their own, of that. */
  readonly urls: Readonly<Record<ServiceName, string>> & { readonly admin?: string }
  /** Whether the demo catalog is there. */
  readonly demo: boolean
  /** Services that can't do all of their work yet. */
  readonly unready: ReadonlyMap<ServiceName, Unready>
}

/** What a user reads when everything runs: where it is, and a first order to place. */
export const welcome = ({ urls, demo, unready }: Welcome): string => {
  const places = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`)
  const first = demo
    ? `Place an order, in a second terminal:

  curl -s ${urls.order}/orders -H 'content-type: application/json' -H 'idempotency-key: order-1' -d '${JSON.stringify(order)}'

and see what became of it:

  curl -s '${urls.order}/orders?limit=1'`
    : `The catalog is empty. Put something on the shelf first, in a second terminal:

  curl -s -X PUT ${urls.inventory}/stock/mug -H 'content-type: application/json' -d '{"onHand":10}'`
  return `
${state(unready)}

${places.join('\n')}

${first}

What to try next is in README.md and docs/. Each service shows its API and the events at /docs. Ctrl-C stops it.
`
}

const state = (unready: Welcome['unready']): string => {
  if (unready.size === 0) return 'Quadrille is ready.'
  const lines = [...unready].map(([name, { reason }]) => `  ${name.padEnd(12)} ${reason}`)
  const accepts = unready.get('order')?.takesRequests ?? true
  return `Quadrille has started, but these services can't do all of their work yet${accepts ? '. Orders are accepted and wait' : ''}:

${lines.join('\n')}`
}
