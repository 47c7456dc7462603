import type { ServiceName } from './services.ts'

/** What a user reads when everything runs: where it is, and a first order to place. */
export const welcome = (urls: Readonly<Record<ServiceName, string>>, demo: boolean): string => {
  const places = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`)
  const first = demo
    ? `Place an order:

  curl -s ${urls.order}/orders -H 'content-type: application/json' -d '${firstOrder}'

and see what became of it:

  curl -s ${urls.order}/orders`
    : `The catalog is empty; put something on the shelf first:

  curl -s -X PUT ${urls.inventory}/stock/mug -H 'content-type: application/json' -d '{"onHand":10}'`
  return `
Quadrille is ready. Each service describes itself at /openapi.json.

${places.join('\n')}

${first}

Ctrl-C stops it.
`
}

/** Of what the demo catalog has. */
const firstOrder = JSON.stringify({
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1250 }],
  payment: { method: 'pm_card_visa' },
})
