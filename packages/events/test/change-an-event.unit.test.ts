/** The code in docs/change-an-event.md works as written. */
import { readFileSync } from 'node:fs'
import { defineLanguage, event, withVersion } from '@quadrille/messages'
import { exampleOf } from '@quadrille/messages/generate'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { catalog } from '../src/catalog.ts'
import { orderExample } from '../src/examples.ts'
import { orderId } from '../src/primitives.ts'
import { shop } from '../src/shop.ts'

const page = readFileSync(new URL('../../../docs/change-an-event.md', import.meta.url), 'utf8')
const [, code = ''] = /^```ts\n(.*?)^```/ms.exec(page) ?? []

it('evolves the event as the page says, with an example of each version and a description of each field', () => {
  const names = { z, event, withVersion, orderId, orderExample }
  const evaluate = new Function(...Object.keys(names), code.replace('export const PaymentVoided =', 'return'))
  const PaymentVoided: typeof catalog.PaymentVoided = evaluate(...Object.values(names))
  const language = defineLanguage({
    ...shop,
    messages: { ...catalog, PaymentVoided },
    subject: { field: 'orderId', description: 'the order' },
  })
  expect(exampleOf(language, 'PaymentVoided', 1)).toMatchObject({ data: { orderId: orderExample.orderId } })
  expect(exampleOf(language, 'PaymentVoided', 2)).toMatchObject({ data: { certainty: 'never_charged' } })
  const fields = z.toJSONSchema(PaymentVoided.versions.at(-1)?.schema ?? z.never()).properties ?? {}
  expect(Object.keys(fields)).toContain('certainty')
  for (const field of Object.values(fields)) expect(field).toHaveProperty('description')
})
