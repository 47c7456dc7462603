/** The documents that are generated from the shop's language. */
import { asyncApiDocument, choreographyPage } from '@quadrille/messages/generate'
import { stringify } from 'yaml'
import { initialStatus, orderLifecycle } from '../src/lifecycle.ts'
import { fulfilledScenario, outOfStockScenario } from '../src/scenarios.ts'
import { shop } from '../src/shop.ts'

/** The AsyncAPI document as YAML. Parsers of YAML 1.1, as in Python, would read a time without quotes as no string. */
export const shopAsyncApi = (version: string): string =>
  stringify(asyncApiDocument(shop, version), { lineWidth: 120, aliasDuplicateObjects: false, compat: 'yaml-1.1' })

/** The page docs/choreography.md. All of it follows from the model, except the steps of the two scenarios. */
export const shopPage = (): string =>
  choreographyPage(shop, {
    comment: 'Generated from packages/events; do not edit. Run: npm run generate',
    introduction:
      'The order process is a choreographed saga: each service consumes events of others, changes its own database, and publishes events. There is no orchestrator.',
    schemas: '../packages/events/schemas',
    scenarios: [
      {
        title: 'An order that is fulfilled',
        text: 'The diagrams omit notifications. For most events that it consumes, notification creates a `Notify` task, and then publishes `NotificationSent` or `NotificationFailed`. Orders do not wait for these.',
        steps: fulfilledScenario,
      },
      {
        title: 'An order that is out of stock',
        text: 'Payment answers the cancellation with a refund. The rejection by inventory counts as its answer.',
        steps: outOfStockScenario,
      },
    ],
    states: {
      title: 'The states of an order',
      text: 'The diagram shows the `status` of an order. Other events do not change it. They are added to the history of the order, and may change its `payment`, `inventory`, `notifications` and `settled`.',
      lifecycle: orderLifecycle,
      start: initialStatus,
      owner: 'order',
    },
  })
