import type { ByRunningService, ServiceName } from '@quadrille/events'
import { order } from './first-order.ts'
import type { Unready } from './unready.ts'

export interface Welcome {
  /** The URLs of the services, and of the admin endpoints if they have their own port. */
  readonly urls: ByRunningService<string> & { readonly admin?: string }
  /** Set if the console runs. */
  readonly consoleUrl?: string | undefined
  /** Set if the demo control runs. */
  readonly demoUrl?: string | undefined
  /** Whether the demo catalog was added. */
  readonly demo: boolean
  /** The services that are not ready yet. */
  readonly unready: ReadonlyMap<ServiceName, Unready>
}

/** The text after the start: the URLs, and a first order to place. */
export const welcome = ({ urls, consoleUrl, demoUrl, demo, unready }: Welcome): string => {
  const places = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`)
  const first = demo
    ? `Place an order in a second terminal:

  curl -s ${urls.order}/orders -H 'content-type: application/json' -H 'idempotency-key: order-1' -d '${JSON.stringify(order)}'

Then show it:

  curl -s '${urls.order}/orders?limit=1'`
    : `The catalog is empty. First add an item in a second terminal:

  curl -s -X PUT ${urls.inventory}/stock/mug -H 'content-type: application/json' -d '{"onHand":10}'`
  return `
${state(unready)}

${places.join('\n')}
${consoleUrl === undefined ? '' : `\nOpen ${consoleUrl} in a browser to watch the orders.\n`}
${first}
${demoUrl === undefined ? '' : `\nBreak the shop and repair it: ${demoCommand(demoUrl)}\n`}
README.md and docs/ describe the next steps. Each service documents its API and the events at /docs. Press Ctrl-C to stop.
`
}

/** The command finds the demo control at its usual port by itself. */
const demoCommand = (url: string): string =>
  url === 'http://127.0.0.1:3006' ? 'npm run demo' : `DEMO_URL=${url} npm run demo`

const state = (unready: Welcome['unready']): string => {
  if (unready.size === 0) return 'Quadrille is ready.'
  const lines = [...unready].map(([name, { reason }]) => `  ${name.padEnd(12)} ${reason}`)
  const accepts = unready.get('order')?.acceptsRequests ?? true
  return `Quadrille has started, but these services are not ready yet${accepts ? '. Orders are accepted, and processed later' : ''}:

${lines.join('\n')}`
}
